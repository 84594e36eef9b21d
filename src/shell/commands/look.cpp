// SPDX-License-Identifier: MIT
// heapmap, freelist, blocks, block, stats, check, mark, leaks: what only looks.
//
// Most return an empty value: what there is to see is looked up when it is drawn.

#include "mm/heap/heap.hpp"
#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"

namespace heap44::shell::commands {

/// The default of 64 characters fits beside an address into 80 columns. Wider than 200 no screen
/// is.
Reply heapmap(Context&, const Arguments& arguments) {
    constexpr std::uint64_t narrowest = 8;
    constexpr std::uint64_t widest = 200;
    const auto* word = arguments.option("width");
    if (word == nullptr) return HeapMap{64};
    const auto width = parse_size("width", *word);
    if (!width) return width.error();
    if (*width < narrowest || *width > widest) {
        return bad_argument("width {} is not within {} to {}", *width, narrowest, widest);
    }
    return HeapMap{*width};
}

Reply freelist(Context&, const Arguments&) {
    return FreeList{};
}

Reply blocks(Context&, const Arguments&) {
    return BlockList{.which = BlockList::Which::live, .meaning = BlockList::Meaning::listed};
}

Reply block(Context& context, const Arguments& arguments) {
    const auto found = find_block(context.heap, arguments[0]);
    if (!found) return found.error();
    return OneBlock{**found};
}

Reply stats(Context&, const Arguments&) {
    return Stats{};
}

Reply check(Context&, const Arguments&) {
    return Check{};
}

/// The newest block's number is remembered; nothing is written on the heap.
Reply mark(Context& context, const Arguments&) {
    context.heap.mark();
    return LiveCount{.live = context.heap.ledger().live_count(), .what = LiveCount::What::marked};
}

/// By number: blocks numbered after the mark came after it.
Reply leaks(Context& context, const Arguments&) {
    return BlockList{.which = BlockList::Which::live,
                     .meaning = BlockList::Meaning::leaked,
                     .first = context.heap.marked_number() + 1};
}

}  // namespace heap44::shell::commands
