// SPDX-License-Identifier: MIT
#include "mm/heap/ledger/vicinity.hpp"

#include <algorithm>

namespace heap44::mm {

namespace {

bool holds(const Block& block, VirtAddr address) {
    return address >= block.address && address < block.end();
}

/// Of several freed blocks that held the address the one that was freed last: the queue is in that
/// order, so the last one found stays.
const Block* freed_around(const Ledger& ledger, VirtAddr address) {
    const Block* latest = nullptr;
    ledger.for_each_freed([&](const Block& block) {
        if (holds(block, address)) latest = &block;
    });
    return latest;
}

/// Whether the place is behind a block or before it, and so many bytes from it at most.
bool is_within(const Vicinity& place, std::int64_t distance) {
    if (place.kind == Vicinity::Kind::before) return -place.offset <= distance;
    return place.kind == Vicinity::Kind::behind &&
           place.offset - static_cast<std::int64_t>(place.block->block_size) < distance;
}

}  // namespace

Vicinity find_vicinity(const Ledger& ledger, VirtAddr address) {
    using enum Vicinity::Kind;
    // All heaps lie in the lower half of the address space: the upper one is near nothing, and no
    // offset with a sign reaches it.
    if (address.value >> 63 != 0) return {};
    const auto seen_from = [&](Vicinity::Kind kind, const Block& block) {
        return Vicinity{kind, &block,
                        static_cast<std::int64_t>(address.value - block.address.value)};
    };
    if (const Block* block = ledger.live_around(address)) {
        return seen_from(address - block->address < block->layout.size ? payload : padding, *block);
    }
    if (const Block* block = freed_around(ledger, address)) return seen_from(freed, *block);
    // In no block: the nearer of the two live neighbours is the one that somebody ran out of.
    const Block* below = ledger.live_up_to(std::min(address, ledger.region_end() - 1));
    const Block* above = ledger.live_from(std::max(address, ledger.region_start()));
    if (below == nullptr && above == nullptr) return {};
    const bool nearer_to_end =
        below != nullptr && (above == nullptr || address - below->end() < above->address - address);
    const Vicinity nearest = nearer_to_end ? seen_from(behind, *below) : seen_from(before, *above);
    return is_within(nearest, neighbourhood) ? nearest : Vicinity{};
}

bool is_over_the_edge(const Vicinity& place) {
    return is_within(place, 16);
}

}  // namespace heap44::mm
