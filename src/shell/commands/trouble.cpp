// SPDX-License-Identifier: MIT
// fault, bug: trouble made on purpose, and the report of it. asan: how soon it is noticed.
//
//     run the bug under a guard of its own --> recover the heap --> find the report
//         --> mend what was broken on purpose --> count what was left --> answer
//
// The guard is the command's own, because here the report is the answer and no reason to stop: what
// the bug did is told, and the command ends well.

#include <algorithm>
#include <array>

#include "mm/heap/damage/damage.hpp"
#include "mm/heap/heap.hpp"
#include "shell/answer/session.hpp"
#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"
#include "shell/commands/bugs.hpp"
#include "shell/cpp/access_check.hpp"
#include "shell/cpp/cpp_memory.hpp"
#include "shell/explain/block_text.hpp"
#include "shell/explain/damage.hpp"
#include "shell/input/utf8.hpp"
#include "shell/platform/machine.hpp"

namespace heap44::shell::commands {

namespace {

/// An Error that lists the names that there are.
Error unknown_name(std::string_view what, std::string_view name, std::span<const Named> known) {
    Error error = bad_argument("there is no {} '{}'; there are", what, shown(name));
    for (const Named& kind : known) print(error.message, " {}", kind.name);
    return error;
}

/// The fault itself, as a task: what it raises ends the task and not the command.
class ProvokeFault final : public Task {
public:
    ProvokeFault(Machine& machine, std::size_t index) : machine_(machine), index_(index) {}
    void run() override { machine_.provoke(index_); }

private:
    Machine& machine_;
    std::size_t index_;
};

/// A bug, run as a task. Its name ends like that of the interpreter's task, for there a backtrace
/// as text ends (report_text.cpp).
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
std::span<const Named> bug_kinds() {
    static std::array<Named, 16> kinds;
    const auto end = std::ranges::transform(all_bugs(), kinds.begin(), &Bug::kind).out;
    return {kinds.begin(), end};
}

/// Blocks that nobody is left to free.
Report leak_report(const Leftovers& left, const Context& context) {
    Report report;
    report.code = ErrorCode::leak;
    print(report.message, "{} block{} never freed:", left.blocks,
          left.blocks == 1 ? " was" : "s were");
    // All are named, as far as there is room; the first stands for all in the report's own members.
    for_each_leftover(context.heap, context.session.commands, [&](const mm::Block& block) {
        print(report.message, "{} {}", report.block ? "," : "", label(block).view());
        if (report.block) return;
        report.block = block;
        report.size = block.layout.size;
        report.address = block.address.value;
        report.caller = block.caller;
    });
    return report;
}

/// What the program ended with, or what it left behind without being stopped.
std::optional<Report> find_report(const Report* stopped, const Context& context) {
    std::optional<Report> found;
    if (stopped != nullptr) {
        found = *stopped;
    } else if (context.heap.find_broken_word()) {
        // Nothing stopped the program, but the list is broken now.
        found = Report{.code = ErrorCode::corrupted_heap};
    }
    if (!found) return found;
    complete(*found, context.heap);
    // The hole's words are put back before the report is shown, so the bytes are copied now.
    if (found->code == ErrorCode::corrupted_heap && found->address) {
        const VirtAddr address{*found->address};
        found->memory = mm::dump_around({address, address}, context.heap.region());
    }
    return found;
}

}  // namespace

/// Most faults end the task; a breakpoint goes on, and then the last report is the one.
Reply fault(Context& context, const Arguments& arguments) {
    Machine& machine = context.machine;
    const auto known = machine.faults();
    if (known.empty()) {
        return refusal(ErrorCode::not_supported, "this platform provokes no CPU faults");
    }
    if (arguments.size() == 0) return Names{known};
    const auto found = std::ranges::find(known, arguments[0], &Named::name);
    if (found == known.end()) return unknown_name("fault", arguments[0], known);
    ProvokeFault task(machine, static_cast<std::size_t>(found - known.begin()));
    if (const Report* report = context.guard.run_guarded(task)) return Provoked{*report};
    if (const Report* report = context.guard.last_report()) return Provoked{*report};
    return refusal(ErrorCode::not_supported, "the fault did not come");
}

Reply bug(Context& context, const Arguments& arguments) {
    if (arguments.size() == 0) return Names{bug_kinds()};
    const auto found =
        std::ranges::find(all_bugs(), arguments[0], [](const Bug& bug) { return bug.kind.name; });
    if (found == all_bugs().end()) return unknown_name("bug", arguments[0], bug_kinds());
    Committed committed{.source = source_of(*found)};
    BugCommandTask task(*found, context);
    const Report* const stopped = context.guard.run_guarded(task);
    // What was abandoned may have held the lock, or an open scope.
    context.heap.recover();
    CppHeapScope::close_all();
    committed.report = find_report(stopped, context);
    // After the report was made, and before anything looks at the holes.
    mend_list();
    committed.left = count_leftovers(context.heap, context.session.commands);
    // A program that ended well may have forgotten something.
    if (!committed.report && committed.left.blocks > 0) {
        committed.report = leak_report(committed.left, context);
    }
    if (!committed.report) {
        committed.note =
            accesses_are_checked()
                ? "nothing noticed it: under this design it does no harm"
                : "nothing noticed it, for 'asan' is off; 'check' may find what it wrote";
    }
    return committed;
}

/// It is no state of the heap's: `undo` does not bring it back.
Reply asan(Context&, const Arguments& arguments) {
    if (arguments.size() > 0) {
        const auto on = parse_switch(arguments[0]);
        if (!on) return on.error();
        check_accesses(*on);
    }
    return Switch{accesses_are_checked()};
}

}  // namespace heap44::shell::commands
