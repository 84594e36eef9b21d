// SPDX-License-Identifier: MIT
// undo, redo, snapshot, restore, diff: back to what was, and forth again.
//
// The journal makes a step of each typed command that changed the heap. Here one goes from step to
// step, or to a snapshot. Whoever watches the heap is told that it was set back (`tell_set_back`),
// since no single change leads there.

#include <algorithm>
#include <optional>

#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"
#include "shell/lab/heap_difference.hpp"
#include "shell/platform/guard.hpp"
#include "shell/platform/kept_watchpoints.hpp"

namespace heap44::shell::commands {

namespace {

/// The journal with all that has happened written into it, also what the commands around this one
/// have done so far (`repeat 1 "alloc 8; undo"`). Call it before the journal is asked anything, in
/// every such command. An Error where there is no journal, or where the heap cannot be brought to
/// another state.
Parsed<mm::Journal*> journal_of(Context& context) {
    if (context.journal == nullptr) {
        return std::unexpected(refusal(ErrorCode::not_supported,
                                       "undo needs {} KiB beside this heap, more than there are",
                                       mm::Journal::least_memory(context.heap) / 1024));
    }
    if (context.journal->is_lent()) {
        return std::unexpected(refusal(ErrorCode::not_supported,
                                       "what is compared begins with an empty heap each, of which "
                                       "there is no other state"));
    }
    context.journal->commit();
    if (context.journal->is_lost()) {
        return std::unexpected(
            refusal(ErrorCode::not_supported,
                    "the blocks hold more than the {} KiB that undo has for what blocks of {} hold",
                    context.journal->window_capacity() / 1024, context.heap.design()));
    }
    return context.journal;
}

/// Says whether nothing happened, or all is undone already; and what the journal has forgotten.
Error nothing_to_undo(const mm::Journal& journal) {
    Error error = refusal(ErrorCode::nothing_to_undo, "{}",
                          journal.redoable() > 0 ? "all is undone; 'redo' goes forth again"
                                                 : "no command has changed the heap");
    if (journal.forgotten() > 0) {
        print(error.message, "; {} older steps are forgotten, for the journal holds {} KiB",
              journal.forgotten(), journal.capacity() / 1024);
    }
    return error;
}

Parsed<std::uint64_t> steps_wanted(const Arguments& arguments) {
    if (arguments.size() == 0) return 1;
    return parse_count("N", arguments[0]);
}

/// Both directions are the same but for names. More steps than there are mean all of them.
Reply take_steps(Context& context, const Arguments& arguments, bool forth) {
    const auto wanted = steps_wanted(arguments);
    if (!wanted) return wanted.error();
    const auto journal = journal_of(context);
    if (!journal) return journal.error();
    mm::Journal& steps = **journal;
    const auto there = [&] { return forth ? steps.redoable() : steps.undoable(); };
    if (there() == 0) {
        if (!forth) return nothing_to_undo(steps);
        return refusal(ErrorCode::nothing_to_undo, "nothing was undone since the last change");
    }
    StepsTaken taken{.forth = forth, .steps = std::min<std::size_t>(*wanted, there())};
    run_unwatched(context.machine, context.guard, [&] {
        taken.command = forth ? steps.redo(taken.steps) : steps.undo(taken.steps);
    });
    context.heap.tell_set_back();
    taken.remaining = there();
    taken.forgotten = steps.forgotten();
    taken.capacity = steps.capacity();
    taken.used = steps.used();
    return taken;
}

void name_snapshots(Error& error, const mm::Journal& journal) {
    for (const auto& each : journal.snapshots()) print(error.message, " {}", each.name.view());
}

/// The snapshot of this name, or an Error that lists those that there are.
Parsed<const mm::Journal::Snapshot*> find_snapshot(const mm::Journal& journal,
                                                   std::string_view word) {
    const auto name = parse_name(word);
    if (!name) return std::unexpected(name.error());
    if (const auto* found = journal.find_snapshot(*name)) return found;
    Error error = refusal(ErrorCode::no_such_snapshot, "there is no snapshot '{}'", *name);
    if (journal.snapshots().empty()) {
        error.message.write("; there is none");
    } else {
        error.message.write(journal.snapshots().size() == 1 ? "; there is" : "; there are");
        name_snapshots(error, journal);
    }
    return std::unexpected(error);
}

Error no_place(const mm::Journal& journal) {
    if (journal.snapshot_capacity() == 0) {
        return refusal(ErrorCode::out_of_memory,
                       "there is no memory for a snapshot beside this heap");
    }
    Error error = refusal(
        ErrorCode::out_of_memory,
        "all {} places for snapshots are taken; use a name again:", journal.snapshot_capacity());
    name_snapshots(error, journal);
    return error;
}

/// What `snapshot` and `restore` answer: the one that was used, and all that there are.
SnapshotUsed used(const Context& context, std::string_view name, bool restored) {
    static_assert(SnapshotUsed::most == mm::Journal::most_snapshots);
    SnapshotUsed used{.restored = restored,
                      .name = FixedText<32>(name),
                      .live = context.heap.ledger().live_count()};
    for (const auto& each : context.journal->snapshots()) {
        used.names[used.count++] = FixedText<32>(each.name.view());
    }
    return used;
}

/// Tells what is gone before what has come, blocks before holes: the order of the lists in JSON.
Difference tell_difference(const mm::Journal::Snapshot& then, Context& context) {
    const HeapDifference difference(context.heap, *context.journal, then);
    Executor& executor = context.executor;
    std::size_t items = 0;
    const auto tell_block = [&](bool added) {
        return [&, added](const mm::Block& block) {
            ++items;
            executor.tell(BlockDifference{.added = added, .block = block});
        };
    };
    const auto tell_hole = [&](bool added) {
        return [&, added](VirtAddr address, std::uint64_t size) {
            ++items;
            executor.tell(HoleDifference{.added = added, .address = address, .size = size});
        };
    };
    executor.begin(Course::difference);
    difference.for_each_removed(tell_block(false));
    difference.for_each_added(tell_block(true));
    difference.for_each_hole_removed(tell_hole(false));
    difference.for_each_hole_added(tell_hole(true));
    return {.items = items, .bytes = difference.bytes_changed()};
}

/// Tells the difference. The heap becomes the other state in between; it comes back also where that
/// is stopped, by Ctrl-C or by a fault.
Difference compare_with(const mm::Journal::Snapshot& then, Context& context) {
    std::optional<Difference> told;
    run_unwatched(context.machine, context.guard, [&] {
        run_and_restore(
            context.guard, [&] { told = tell_difference(then, context); },
            [&] {
                if (!told) context.journal->come_back();
            });
    });
    return *told;
}

}  // namespace

Reply undo(Context& context, const Arguments& arguments) {
    return take_steps(context, arguments, false);
}

Reply redo(Context& context, const Arguments& arguments) {
    return take_steps(context, arguments, true);
}

/// A name that is used again replaces the snapshot; so it is asked whether there is a place for
/// this name.
Reply snapshot(Context& context, const Arguments& arguments) {
    const auto name = parse_name(arguments[0]);
    if (!name) return name.error();
    const auto journal = journal_of(context);
    if (!journal) return journal.error();
    if (!(*journal)->has_place_for(*name)) return no_place(**journal);
    if (!(*journal)->take_snapshot(*name)) {
        return refusal(
            ErrorCode::out_of_memory,
            "what the blocks hold does not fit into the {} KiB that snapshots have for it",
            (*journal)->window_capacity() / 1024);
    }
    return used(context, *name, false);
}

/// A step like any other: `undo` takes it back.
Reply restore(Context& context, const Arguments& arguments) {
    const auto journal = journal_of(context);
    if (!journal) return journal.error();
    const auto found = find_snapshot(**journal, arguments[0]);
    if (!found) return found.error();
    // No step by itself: the interpreter makes one of it when the command has ended.
    run_unwatched(context.machine, context.guard, [&] { (*journal)->load(**found); });
    context.heap.tell_set_back();
    return used(context, (*found)->name.view(), true);
}

/// Without a name it is about the last step, with one about all since the snapshot.
Reply diff(Context& context, const Arguments& arguments) {
    const auto journal = journal_of(context);
    if (!journal) return journal.error();
    if (arguments.size() > 0) {
        const auto found = find_snapshot(**journal, arguments[0]);
        if (!found) return found.error();
        return compare_with(**found, context);
    }
    if ((*journal)->undoable() == 0) {
        return nothing_to_undo(**journal);
    }
    const auto* previous = (*journal)->previous();
    if (previous == nullptr) {
        return refusal(ErrorCode::not_supported,
                       "there is no memory for a second copy of this heap");
    }
    return compare_with(*previous, context);
}

}  // namespace heap44::shell::commands
