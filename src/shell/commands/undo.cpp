// SPDX-License-Identifier: MIT
// undo, redo, snapshot, restore, diff: back to what was, and forth again.
#include <algorithm>

#include "shell/commands/all.hpp"
#include "shell/values.hpp"

namespace heap44::shell::commands {

namespace {

/// The journal with all that has happened written into it, also what the line has done before this
/// command. An Error where there is none, or where the heap cannot be brought to another state.
Parsed<mm::Journal*> journal_of(Context& context) {
    const auto refuse = [](std::string_view message) {
        return std::unexpected(
            Error{.code = ErrorCode::not_supported, .message = FixedText<320>(message)});
    };
    if (context.journal == nullptr) {
        return refuse(format_fixed<320>("undo needs {} KiB beside this heap, more than there are",
                                        mm::Journal::least_memory(context.heap) / 1024)
                          .view());
    }
    context.journal->commit();
    if (context.journal->is_lost()) {
        return refuse(
            format_fixed<320>("the blocks hold more than the {} KiB that undo has for what "
                              "blocks of {} hold",
                              context.journal->window_capacity() / 1024, context.heap.design())
                .view());
    }
    return context.journal;
}

Error nothing_to_undo(const mm::Journal& journal, std::string_view message) {
    Error error{.code = ErrorCode::nothing_to_undo, .message = FixedText<320>(message)};
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

Parsed<const mm::Journal::Snapshot*> find_snapshot(const mm::Journal& journal,
                                                   std::string_view word) {
    const auto name = parse_name(word);
    if (!name) return std::unexpected(name.error());
    if (const auto* found = journal.find_snapshot(*name)) return found;
    Error error{.code = ErrorCode::no_such_snapshot,
                .message = format_fixed<320>("there is no snapshot '{}'", *name)};
    if (!journal.snapshots().empty()) print(error.message, "; there are");
    for (const auto& each : journal.snapshots()) print(error.message, " {}", each.name.view());
    return std::unexpected(error);
}

Error no_place(const mm::Journal& journal) {
    Error error{.code = ErrorCode::out_of_memory};
    if (journal.snapshot_capacity() == 0) {
        print(error.message, "there is no memory for a snapshot beside this heap");
        return error;
    }
    print(error.message,
          "all {} places for snapshots are taken; use a name again:", journal.snapshot_capacity());
    for (const auto& each : journal.snapshots()) print(error.message, " {}", each.name.view());
    return error;
}

Error no_room_for_pages(const mm::Journal& journal) {
    return Error{.code = ErrorCode::out_of_memory,
                 .message = format_fixed<320>(
                     "what the blocks hold does not fit into the {} KiB that snapshots have for it",
                     journal.window_capacity() / 1024)};
}

}  // namespace

Reply undo(Context& context, const Arguments& arguments) {
    const auto wanted = steps_wanted(arguments);
    if (!wanted) return wanted.error();
    const auto journal = journal_of(context);
    if (!journal) return journal.error();
    mm::Journal& steps = **journal;
    if (steps.undoable() == 0) return nothing_to_undo(steps, "no command has changed the heap");
    StepsTaken taken{.forth = false, .steps = std::min<std::size_t>(*wanted, steps.undoable())};
    taken.command = steps.undo(taken.steps);
    context.heap.tell_set_back();
    taken.remaining = steps.undoable();
    taken.forgotten = steps.forgotten();
    taken.capacity = steps.capacity();
    return taken;
}

Reply redo(Context& context, const Arguments& arguments) {
    const auto wanted = steps_wanted(arguments);
    if (!wanted) return wanted.error();
    const auto journal = journal_of(context);
    if (!journal) return journal.error();
    mm::Journal& steps = **journal;
    if (steps.redoable() == 0) {
        return Error{.code = ErrorCode::nothing_to_undo,
                     .message = FixedText<320>("nothing was undone since the last change")};
    }
    StepsTaken taken{.forth = true, .steps = std::min<std::size_t>(*wanted, steps.redoable())};
    taken.command = steps.redo(taken.steps);
    context.heap.tell_set_back();
    taken.remaining = steps.redoable();
    taken.forgotten = steps.forgotten();
    taken.capacity = steps.capacity();
    return taken;
}

Reply snapshot(Context& context, const Arguments& arguments) {
    const auto name = parse_name(arguments[0]);
    if (!name) return name.error();
    const auto journal = journal_of(context);
    if (!journal) return journal.error();
    if (!(*journal)->has_place_for(*name)) return no_place(**journal);
    if (!(*journal)->take_snapshot(*name)) return no_room_for_pages(**journal);
    return SnapshotUsed{.restored = false,
                        .name = FixedText<32>(*name),
                        .live = context.heap.ledger().live_count()};
}

Reply restore(Context& context, const Arguments& arguments) {
    const auto journal = journal_of(context);
    if (!journal) return journal.error();
    const auto found = find_snapshot(**journal, arguments[0]);
    if (!found) return found.error();
    (*journal)->load(**found);
    context.heap.tell_set_back();
    return SnapshotUsed{.restored = true,
                        .name = FixedText<32>((*found)->name.view()),
                        .live = context.heap.ledger().live_count()};
}

Reply diff(Context& context, const Arguments& arguments) {
    const auto journal = journal_of(context);
    if (!journal) return journal.error();
    if (arguments.size() > 0) {
        const auto found = find_snapshot(**journal, arguments[0]);
        if (!found) return found.error();
        return Difference{*found};
    }
    if ((*journal)->undoable() == 0) {
        return nothing_to_undo(**journal, "no command has changed the heap");
    }
    const auto* previous = (*journal)->previous();
    if (previous == nullptr) {
        return Error{
            .code = ErrorCode::not_supported,
            .message = FixedText<320>("there is no memory for a second copy of this heap")};
    }
    return Difference{previous};
}

}  // namespace heap44::shell::commands
