// SPDX-License-Identifier: MIT
// ops, random, why: exercises that come out the same each time, and a look ahead.
//
// The same line on the same heap always does the same: what is random comes from a seed.

#include "shell/lab/exercise.hpp"

#include <algorithm>

#include "mm/heap/heap.hpp"
#include "shell/answer/long_loop.hpp"
#include "shell/answer/preconditions.hpp"
#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"
#include "shell/lab/random_list.hpp"
#include "shell/lab/try_search.hpp"
#include "shell/platform/kept_watchpoints.hpp"

namespace heap44::shell::commands {

namespace {

// Too large for a stack.
constinit RandomList random_list;

/// Carries a checked list out, and tells of each operation.
/// `+` and `-` in the order of the list. `numbers` holds the block's number for each `+` so far, so
/// that `-0` finds the first.
void run_operations(std::string_view list, Context& context) {
    mm::Heap& heap = context.heap;
    // The list's allocations, by number; a line has room for half as many.
    std::array<std::uint64_t, max_words> numbers{};
    std::size_t allocated = 0;
    do {
        OperationDone done{.operation = next_operation(list)};
        const mm::Block* block = nullptr;
        if (done.operation.frees) {
            // Number 0 stands for an allocation that failed; no block has it, so nothing is freed.
            block = heap.ledger().with_number(numbers[done.operation.value]);
            if (block != nullptr) heap.free(*block, code_of(&ops));
        } else {
            const mm::Layout layout{.size = done.operation.value};
            block = heap.allocate(layout, code_of(&ops));
            if (block == nullptr) done.reason = heap.failure_reason(layout);
            numbers[allocated++] = block == nullptr ? 0 : block->number;
        }
        // A copy: a block that was freed is only remembered.
        if (block != nullptr) done.block = *block;
        context.executor.tell(done);
    } while (!list.empty());
}

}  // namespace

/// The whole list is checked first. What can still fail is memory, and that is told at its
/// operation.
Reply ops(Context& context, const Arguments& arguments) {
    const std::string_view list = arguments[0];
    if (const auto checked = check_operations(list); !checked) return checked.error();
    if (const auto sound = require_sound_holes(context.heap); !sound) return sound.error();
    context.executor.begin(Course::operations);
    run_operations(list, context);
    return Operated{};
}

/// What this heap cannot give is a failure there, and its free is passed over. Blocks from before
/// are no part of the list, and stay.
Reply random(Context& context, const Arguments& arguments) {
    const auto count = parse_count("N", arguments[0], RandomList::longest);
    if (!count) return count.error();
    const auto seed = parse_seed(arguments);
    if (!seed) return seed.error();
    if (const auto sound = require_sound_holes(context.heap); !sound) return sound.error();
    mm::Heap& heap = context.heap;
    RandomOperations done{.seed = *seed};
    random_list.begin(*seed);
    // The blocks that are given have the numbers from here on, one after the other.
    const std::uint64_t first = heap.ledger().last_number() + 1;
    LongLoop loop(context, "random", *count);
    for (; done.operations < *count; ++done.operations) {
        loop.pass(done.operations);
        const RandomList::Operation next = random_list.next();
        if (!next.frees) {
            if (heap.allocate({.size = next.size}, code_of(&commands::random)) == nullptr) {
                ++done.failures;
                continue;
            }
            random_list.note_given(next.place);
            ++done.allocations;
        } else if (const auto given = random_list.given_before(next.place)) {
            heap.free(*heap.ledger().with_number(first + *given), code_of(&commands::random));
            ++done.frees;
        } else {
            ++done.passed_over;
        }
    }
    return done;
}

/// It looks only, though it tries the allocation: all is taken back before the answer.
Reply why(Context& context, const Arguments& arguments) {
    const auto size = parse_size("size", arguments[0]);
    if (!size) return size.error();
    Search search{.layout = {.size = *size}, .result = {}};
    if (const auto* word = arguments.option("align")) {
        const auto alignment = parse_alignment(*word);
        if (!alignment) return alignment.error();
        search.layout.align = *alignment;
    }
    if (const auto sound = require_sound_holes(context.heap); !sound) return sound.error();
    run_unwatched(context.machine, context.guard,
                  [&] { search.result = try_search(context.heap, search.layout); });
    return search;
}

}  // namespace heap44::shell::commands
