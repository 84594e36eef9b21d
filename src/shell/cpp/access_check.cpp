// SPDX-License-Identifier: MIT
#include "shell/cpp/access_check.hpp"

#include "mm/heap/heap.hpp"
#include "shell/cpp/cpp_memory.hpp"
#include "shell/explain/block_text.hpp"
#include "shell/explain/code_text.hpp"
#include "shell/explain/damage.hpp"

namespace heap44::shell {

namespace {

// One heap, one machine and one guard in a program, since the compiler's checks hand over nothing.
constinit mm::Heap* judged_heap = nullptr;
constinit const Machine* machine_under = nullptr;
constinit Guard* guard_of = nullptr;
constinit bool checked = true;

}  // namespace

void watch_accesses(mm::Heap& heap, const Machine& machine, Guard& guard) {
    judged_heap = &heap;
    machine_under = &machine;
    guard_of = &guard;
}

bool accesses_are_checked() {
    return checked;
}

void check_accesses(bool on) {
    checked = on;
}

FixedText<320> describe(const mm::AccessFault& fault, Access access, VirtAddr address,
                        std::size_t size, const Machine& machine) {
    FixedText<320> text;
    print(text, "{} of {} byte{} at {:#x}", name(access), size, plural(size), address.value);
    const mm::Block* const block = fault.block;
    if (fault.kind == mm::AccessFault::Kind::use_after_free && (!block || block->is_live())) {
        text.write(", in free memory");
    }
    if (block == nullptr) return text;
    text.write(", ");
    // An access that begins inside the block has no distance to it; what counts is how far it goes
    // beyond.
    const std::int64_t left = static_cast<std::int64_t>(block->layout.size) - fault.offset;
    if (fault.kind == mm::AccessFault::Kind::overflow && left > 0) {
        const std::size_t beyond = size - static_cast<std::size_t>(left);
        print(text, "reaching {} byte{} past ", beyond, plural(beyond));
    } else {
        write_distance(text, *block, fault.offset);
    }
    text.write(label(*block).view());
    if (!block->is_live()) {
        print(text, ", freed by {} in command {}", code_text(machine, block->freed_by).view(),
              block->freed_in);
    }
    write_other(text, fault.also);
    return text;
}

void check_access(VirtAddr address, std::size_t size, Access access, std::uint64_t caller) {
    // Only what the allocating commands do is judged; and while the lock is held it is the design
    // that works on its own words, perhaps through a function that both have in common.
    if (!checked || !CppHeapScope::is_open() || judged_heap->lock().is_taken()) return;
    const auto fault = mm::judge_access(judged_heap->ledger(), address, size);
    if (!fault) return;
    // The access has not happened: the heap is still sound, and the report shows it as it is.
    Report report;
    report.code = code_of(fault->kind);
    report.address = address.value;
    report.size = size;
    report.access = access;
    report.offset = fault->offset;
    report.also = other_block(fault->also);
    if (fault->block != nullptr) report.block = *fault->block;
    report.caller = caller;
    report.message = FixedText<256>(describe(*fault, access, address, size, *machine_under).view());
    guard_of->stop(report);
}

}  // namespace heap44::shell
