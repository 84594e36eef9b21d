// SPDX-License-Identifier: MIT
// The blocks that a command allocated and that are live still.
#pragma once

#include <cstdint>

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

}  // namespace heap44::shell
