// SPDX-License-Identifier: MIT
// reset: an empty heap, and with `--all` everything else as it was at boot.
#include "mm/heap/heap.hpp"
#include "mm/heap/history/journal.hpp"
#include "shell/answer/options.hpp"
#include "shell/answer/session.hpp"
#include "shell/commands/all.hpp"
#include "shell/cpp/access_check.hpp"
#include "shell/platform/machine.hpp"

namespace heap44::shell::commands {

namespace {

/// Free memory is watched again. Where that is possible before anything else it is a step of its
/// own, so that `undo` brings back the heap, but not the switch.
void watch_again(mm::Heap& heap, mm::Journal* journal) {
    if (heap.is_poisoning()) return;
    heap.set_poisoning(true);
    if (journal != nullptr) journal->commit();
}

/// Sets back what commands have set since the boot. What belongs to one person's session (ansi,
/// json, live, the history) stays.
void reset_all(Context& context) {
    mm::Heap& heap = context.heap;
    // First, for what follows writes everywhere.
    context.machine.remove_watchpoints();
    // With a broken list it has to wait until the heap is empty, a few lines below.
    if (!heap.find_broken_word()) watch_again(heap, context.journal);
    heap.select(context.options.allocator.view());
    watch_again(heap, context.journal);
    // What was ordered for later must not come true in the next lesson.
    heap.fail_after(0);
    check_accesses(true);
    context.session.trace.clear();
    if (context.journal != nullptr) context.journal->forget_snapshots();
}

}  // namespace

/// No `--force`: whoever types `reset` wants the heap to be empty. `undo` brings it back.
Reply reset(Context& context, const Arguments& arguments) {
    const bool all = arguments.has_flag("--all");
    const std::size_t live = context.heap.ledger().live_count();
    if (all) {
        reset_all(context);
    } else {
        context.heap.reset();
    }
    return LiveCount{.live = live,
                     .what = all ? LiveCount::What::reset_all : LiveCount::What::reset};
}

}  // namespace heap44::shell::commands
