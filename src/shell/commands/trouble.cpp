// SPDX-License-Identifier: MIT
// fault, bug: trouble made on purpose, and the report of it. asan: how soon it is noticed.
#include <array>

#include "mm/heap/vicinity.hpp"
#include "shell/access_check.hpp"
#include "shell/commands/all.hpp"
#include "shell/commands/bugs.hpp"
#include "shell/cpp_memory.hpp"
#include "shell/values.hpp"

namespace heap44::shell::commands {

namespace {

Error unknown_name(std::string_view what, std::string_view name, std::span<const FaultKind> known) {
    FixedText<320> message;
    print(message, "there is no {} '{}'; there are", what, name.substr(0, 40));
    for (const FaultKind& kind : known) print(message, " {}", kind.name);
    return bad_argument(message.view());
}

class ProvokeFault final : public Task {
public:
    ProvokeFault(Platform& platform, std::size_t index) : platform_(platform), index_(index) {}
    void run() override { platform_.provoke(index_); }

private:
    Platform& platform_;
    std::size_t index_;
};

/// A backtrace as text ends at a name like this one.
class BugCommandTask final : public Task {
public:
    BugCommandTask(const Bug& bug, Context& context) : bug_(bug), context_(context) {}
    void run() override {
        const CppHeapScope scope;
        bug_.commit(context_);
    }

private:
    const Bug& bug_;
    Context& context_;
};

/// The names of all bugs as `Names` shows them.
std::span<const FaultKind> bug_kinds() {
    static std::array<FaultKind, 16> kinds;
    const auto end = std::ranges::transform(all_bugs(), kinds.begin(), &Bug::kind).out;
    return {kinds.begin(), end};
}

/// Blocks that nobody is left to free.
Report leak_report(const Committed& committed, const mm::Ledger& ledger, std::uint64_t first) {
    Report report;
    report.code = ErrorCode::leak;
    report.size = committed.bytes_left;
    print(report.message, "{} block{} never freed:", committed.blocks_left,
          committed.blocks_left == 1 ? " was" : "s were");
    for (std::uint64_t number = first; number <= ledger.last_number(); ++number) {
        const mm::Block* block = ledger.with_number(number);
        if (block == nullptr || !block->is_live()) continue;
        print(report.message, " #{} at {:#x} ({} bytes)", number, block->address.value,
              block->layout.size);
        if (report.block) continue;
        report.block = *block;
        report.address = block->address.value;
        report.caller = block->caller;
    }
    return report;
}

/// The first hole that cannot be true, if there is one.
std::optional<Report> corruption_report(const mm::Heap& heap) {
    const auto fault = heap.for_each_hole([](const mm::Hole&) { return true; });
    if (!fault) return std::nullopt;
    Report report;
    report.code = ErrorCode::corrupted_heap;
    report.address = fault->hole.value;
    print(report.message, "the hole at {:#x} cannot be: {:#x} stands in it", fault->hole.value,
          fault->value);
    return report;
}

/// The block that an address in the heap has most to do with, where nobody has named one.
void add_block(Report& report, const mm::Ledger& ledger) {
    if (!report.address || report.block) return;
    if (VirtAddr{*report.address} < ledger.region_start() ||
        VirtAddr{*report.address} >= ledger.region_end()) {
        return;
    }
    const mm::Vicinity near = mm::find_vicinity(ledger, {*report.address});
    if (near.block == nullptr) return;
    report.block = *near.block;
    report.offset = near.offset;
}

void count_what_is_left(Committed& committed, const mm::Ledger& ledger, std::uint64_t first) {
    for (std::uint64_t number = first; number <= ledger.last_number(); ++number) {
        const mm::Block* block = ledger.with_number(number);
        if (block == nullptr || !block->is_live()) continue;
        ++committed.blocks_left;
        committed.bytes_left += block->block_size;
    }
}

}  // namespace

Reply fault(Context& context, const Arguments& arguments) {
    Platform& platform = context.platform;
    const auto known = platform.faults();
    if (known.empty()) {
        return Error{.code = ErrorCode::not_supported,
                     .message = FixedText<320>("this platform provokes no CPU faults")};
    }
    if (arguments.size() == 0) return Names{known};
    const auto found = std::ranges::find(known, arguments[0], &FaultKind::name);
    if (found == known.end()) return unknown_name("fault", arguments[0], known);
    ProvokeFault task(platform, static_cast<std::size_t>(found - known.begin()));
    if (const Report* report = platform.run_guarded(task)) return Provoked{*report};
    if (const Report* report = platform.last_report()) return Provoked{*report};
    return Error{.code = ErrorCode::not_supported,
                 .message = FixedText<320>("the fault did not come")};
}

Reply bug(Context& context, const Arguments& arguments) {
    if (arguments.size() == 0) return Names{bug_kinds()};
    const auto found =
        std::ranges::find(all_bugs(), arguments[0], [](const Bug& bug) { return bug.kind.name; });
    if (found == all_bugs().end()) return unknown_name("bug", arguments[0], bug_kinds());
    const mm::Ledger& ledger = context.heap.ledger();
    const std::uint64_t first = ledger.last_number() + 1;
    Committed committed{.source = source_of(*found)};
    BugCommandTask task(*found, context);
    if (const Report* report = context.platform.run_guarded(task)) committed.report = *report;
    context.heap.recover();
    CppHeapScope::close_all();
    count_what_is_left(committed, ledger, first);
    if (!committed.report) committed.report = corruption_report(context.heap);
    mend_list();
    if (committed.report) add_block(*committed.report, ledger);
    if (!committed.report && committed.blocks_left > 0) {
        committed.report = leak_report(committed, ledger, first);
    }
    if (!committed.report) {
        committed.note =
            accesses_are_checked()
                ? "nothing noticed it: under this design it does no harm"
                : "nothing noticed it, for 'asan' is off; 'check' may find what it did";
    }
    return committed;
}

Reply asan(Context&, const Arguments& arguments) {
    if (arguments.size() > 0) {
        const auto on = parse_switch(arguments[0]);
        if (!on) return on.error();
        check_accesses(*on);
    }
    return Switch{accesses_are_checked()};
}

}  // namespace heap44::shell::commands
