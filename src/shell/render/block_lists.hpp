// SPDX-License-Identifier: MIT
// The blocks that a BlockList names, found as they are shown.
//
// A command says "those with the numbers 5 to 9" and not which they are. So an answer needs no
// memory for its length. What a list names must not change before it is drawn; nothing runs in
// between.
#pragma once

#include "mm/heap/heap.hpp"
#include "shell/answer/reply.hpp"

namespace heap44::shell {

/// Calls `visit(Block)` for each block of the list, in the list's order.
void for_each_block(const BlockList& list, const mm::Heap& heap, auto&& visit) {
    const mm::Ledger& ledger = heap.ledger();
    switch (list.which) {
        case BlockList::Which::numbered:
            for (std::uint64_t number = list.first; number <= list.last; ++number) {
                // A block of the range may be forgotten already, where so many were allocated and
                // freed.
                if (const mm::Block* block = ledger.with_number(number)) visit(*block);
            }
            break;
        case BlockList::Which::live:
            for (const mm::Block* block = ledger.live_from(heap.start()); block != nullptr;
                 block = ledger.live_after(*block)) {
                if (block->number >= list.first) visit(*block);
            }
            break;
        case BlockList::Which::freed:
            ledger.for_each_freed([&](const mm::Block& block) {
                if (block.freed_in == list.first) visit(block);
            });
            break;
    }
}

}  // namespace heap44::shell
