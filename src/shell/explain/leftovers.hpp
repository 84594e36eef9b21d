// SPDX-License-Identifier: MIT
// The blocks that a command allocated and that are live still.
//
// Not every such block is a mistake: `alloc` allocates nothing else. They are asked for where a
// command was abandoned, or where it should have given back all that it took.
#pragma once

#include <cstddef>
#include <cstdint>

#include "lib/text.hpp"
#include "mm/heap/heap.hpp"

namespace heap44::shell {

/// Calls `visit(Block)` for each of them, in address order.
void for_each_leftover(const mm::Heap& heap, std::uint64_t command, auto&& visit) {
    const mm::Ledger& ledger = heap.ledger();
    for (const mm::Block* block = ledger.live_from(heap.start()); block != nullptr;
         block = ledger.live_after(*block)) {
        if (block->allocated_in == command) visit(*block);
    }
}

struct Leftovers {
    std::size_t blocks = 0;
    std::size_t bytes = 0;
};

/// Counts whole blocks with their padding, as `stats` counts what is used. Takes time with the
/// number of live blocks.
[[nodiscard]] inline Leftovers count_leftovers(const mm::Heap& heap, std::uint64_t command) {
    Leftovers left;
    for_each_leftover(heap, command, [&](const mm::Block& block) {
        ++left.blocks;
        left.bytes += block.block_size;
    });
    return left;
}

/// `2 blocks that it allocated (80 bytes) stay`.
inline void write_leftovers(Output& output, const Leftovers& left) {
    print(output, "{} block{} that it allocated ({} bytes) stay{}", left.blocks,
          plural(left.blocks), left.bytes, left.blocks == 1 ? "s" : "");
}

}  // namespace heap44::shell
