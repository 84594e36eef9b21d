// SPDX-License-Identifier: MIT
// ops, random, why: exercises that come out the same each time, and a look ahead.
//
// The same line on the same heap always does the same: what is random comes from a seed.

#include "shell/lab/exercise.hpp"

#include <algorithm>

#include "mm/heap/heap.hpp"
#include "shell/answer/preconditions.hpp"
#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"
#include "shell/explain/damage.hpp"
#include "shell/lab/splitmix.hpp"
#include "shell/lab/try_search.hpp"
#include "shell/platform/kept_watchpoints.hpp"
#include "shell/platform/safe_point.hpp"

namespace heap44::shell::commands {

namespace {

/// A live block chosen at random; null where there is none.
///
/// A place is drawn, and the block at or behind it is taken: quick, though blocks behind large
/// holes come more often.
const mm::Block* any_block(const mm::Heap& heap, SplitMix& random) {
    if (heap.ledger().live_count() == 0) return nullptr;
    const VirtAddr somewhere = heap.start() + random.below(heap.size());
    const mm::Block* block = heap.ledger().live_from(somewhere);
    return block != nullptr ? block : heap.ledger().live_from(heap.start());
}

/// Carries a checked list out, and tells of each operation.
/// `+` and `-` in the order of the list. `numbers` holds the block's number for each `+` so far, so
/// that `-0` finds the first.
void run_operations(std::string_view list, Context& context) {
    mm::Heap& heap = context.heap;
    // The list's allocations, by number; a line has room for half as many.
    std::array<std::uint64_t, max_words> numbers{};
    std::size_t allocated = 0;
    do {
        OperationDone done{.operation = next_operation(list), .block = {}};
        const mm::Block* block = nullptr;
        if (done.operation.frees) {
            // Number 0 stands for an allocation that failed; no block has it, so nothing is freed.
            block = heap.ledger().with_number(numbers[done.operation.value]);
            if (block != nullptr) heap.free(*block, code_of(&ops));
        } else {
            block = heap.allocate({.size = done.operation.value}, code_of(&ops));
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

/// Two frees for three allocations, of 1 to 256 bytes: a heap that fills slowly and fragments. The
/// same seed on the same heap does the same.
Reply random(Context& context, const Arguments& arguments) {
    const auto count = parse_count("N", arguments[0], 1'000'000);
    if (!count) return count.error();
    const auto seed = parse_seed(arguments);
    if (!seed) return seed.error();
    if (const auto sound = require_sound_holes(context.heap); !sound) return sound.error();
    RandomOperations done{.seed = *seed};
    SplitMix random(*seed);
    SafePoint safe_point(context.terminal, context.guard);
    for (; done.operations < *count; ++done.operations) {
        safe_point.pass();
        // Where there is nothing to free it allocates.
        const mm::Block* block = random.below(100) < 40 ? any_block(context.heap, random) : nullptr;
        if (block != nullptr) {
            context.heap.free(*block, code_of(&commands::random));
            ++done.frees;
        } else if (context.heap.allocate({.size = 1 + random.below(256)},
                                         code_of(&commands::random)) != nullptr) {
            ++done.allocations;
        } else {
            ++done.failures;
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
