// SPDX-License-Identifier: MIT
#include "shell/explain/leftovers.hpp"

#include "mm/heap/heap.hpp"

namespace heap44::shell {

void for_each_leftover(const mm::Heap& heap, std::uint64_t command,
                       FunctionRef<void(const mm::Block&)> visit) {
    const mm::Ledger& ledger = heap.ledger();
    for (const mm::Block* block = ledger.live_from(heap.start()); block != nullptr;
         block = ledger.live_after(*block)) {
        if (block->allocated_in == command) visit(*block);
    }
}

Leftovers count_leftovers(const mm::Heap& heap, std::uint64_t command) {
    Leftovers left;
    for_each_leftover(heap, command, [&](const mm::Block& block) {
        ++left.blocks;
        left.bytes += block.block_size;
    });
    return left;
}

void write_leftovers(Output& output, const Leftovers& left) {
    print(output, "{} block{} that it allocated ({} bytes) stay{}", left.blocks,
          plural(left.blocks), left.bytes, left.blocks == 1 ? "s" : "");
}

}  // namespace heap44::shell
