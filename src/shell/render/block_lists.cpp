// SPDX-License-Identifier: MIT
#include "shell/render/block_lists.hpp"

#include "mm/heap/heap.hpp"

namespace heap44::shell {

void for_each_block(const BlockList& list, const mm::Heap& heap,
                    FunctionRef<void(const mm::Block&)> visit) {
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
