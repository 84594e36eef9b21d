// SPDX-License-Identifier: MIT
// heapmap, freelist, blocks, block, stats, check, mark, leaks: what only looks.
#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"

namespace heap44::shell::commands {

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

Reply mark(Context& context, const Arguments&) {
    context.heap.mark();
    return LiveCount{.live = context.heap.ledger().live_count(), .what = LiveCount::What::marked};
}

Reply leaks(Context& context, const Arguments&) {
    return BlockList{.which = BlockList::Which::live,
                     .meaning = BlockList::Meaning::leaked,
                     .first = context.heap.marked_number() + 1};
}

}  // namespace heap44::shell::commands
