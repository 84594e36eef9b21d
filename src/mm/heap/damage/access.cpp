// SPDX-License-Identifier: MIT
#include "mm/heap/damage/access.hpp"

#include <algorithm>

#include "mm/heap/ledger/vicinity.hpp"

namespace heap44::mm {

namespace {

using enum AccessFault::Kind;

bool in_payload(const Block& block, VirtAddr address) {
    return address.value - block.address.value < block.layout.size;
}

AccessFault fault(AccessFault::Kind kind, const Block& block, VirtAddr address) {
    return {.kind = kind,
            .block = &block,
            .offset = static_cast<std::int64_t>(address.value - block.address.value)};
}

/// What an access is that begins in no payload and ends in none, by the place where it begins.
AccessFault::Kind kind_of(const Vicinity& place) {
    switch (place.kind) {
        case Vicinity::Kind::padding:
            return overflow;
        case Vicinity::Kind::behind:
            return is_over_the_edge(place) ? overflow : use_after_free;
        case Vicinity::Kind::before:
            return is_over_the_edge(place) ? underflow : use_after_free;
        case Vicinity::Kind::payload:
            // It came from in front of the heap.
            return underflow;
        case Vicinity::Kind::freed:
        case Vicinity::Kind::nowhere:
            break;
    }
    return use_after_free;
}

/// Without the other block.
std::optional<AccessFault> judge(const Ledger& ledger, VirtAddr address, std::size_t size) {
    const VirtAddr start = ledger.region_start();
    const VirtAddr end = ledger.region_end();
    // In this order nothing wraps around, and what has nothing to do with the heap is out at once.
    if (address >= end || size == 0) return std::nullopt;
    if (address < start && size <= start - address) return std::nullopt;
    // The last byte may lie beyond the end of all addresses: it is cut there, and at the heap's
    // end.
    const std::size_t after_first = std::min(size - 1, ~address.value);
    const VirtAddr last = std::min(address + after_first, end - 1);
    // It begins in a payload: it is sound, or it runs out of that block at the end.
    if (const Block* block = ledger.live_up_to(address); block && in_payload(*block, address)) {
        if (size <= block->layout.size - (address - block->address)) return std::nullopt;
        return fault(overflow, *block, address);
    }
    // It ends in a payload, and began before it.
    if (const Block* block = ledger.live_up_to(last); block && in_payload(*block, last)) {
        return fault(underflow, *block, address);
    }
    // Neither: what lies nearest to its first byte in the heap is blamed.
    const Vicinity place = find_vicinity(ledger, std::max(address, start));
    return AccessFault{
        .kind = kind_of(place),
        .block = place.block,
        .offset = place.offset - static_cast<std::int64_t>(std::max(address, start) - address)};
}

}  // namespace

std::optional<AccessFault> judge_access(const Ledger& ledger, VirtAddr address, std::size_t size) {
    auto fault = judge(ledger, address, size);
    // The last byte may lie beyond the end of all addresses, where no block is.
    const VirtAddr last = address + std::min(size - 1, ~address.value);
    if (fault) fault->also = other_blame(ledger, {address, last}, fault->block);
    return fault;
}

}  // namespace heap44::mm
