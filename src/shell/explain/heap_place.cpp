// SPDX-License-Identifier: MIT
#include "shell/explain/heap_place.hpp"

#include "mm/heap/designs/guard_page.hpp"
#include "mm/heap/heap.hpp"
#include "shell/explain/block_text.hpp"

namespace heap44::shell {

namespace {

/// The block, live or freed, that has the page of this address, or has its guard page there.
const mm::Block* owner_of(const mm::Heap& heap, const mm::Gap& gap) {
    const VirtAddr start = address_of(gap.span);
    if (gap.kind != mm::Gap::Kind::unmapped) return heap.ledger().live_from(start);
    // Several freed blocks may have had these pages, one after the other. The one freed last is
    // meant.
    const mm::Block* latest = nullptr;
    heap.ledger().for_each_freed([&](const mm::Block& block) {
        if (block.address >= start && block.address < address_of(gap.end)) latest = &block;
    });
    return latest;
}

}  // namespace

bool place_in_window(std::optional<mm::Block>& block, std::int64_t& offset, Output& output,
                     const mm::Heap& heap, VirtAddr address) {
    if (!heap.is_window() || address < heap.start() || address >= heap.end()) return false;
    const auto gap = heap.gap_at(address);
    const mm::Block* const owner = gap ? owner_of(heap, *gap) : nullptr;
    // An unmapped page belongs to the block that was freed there, even if a live one is nearer.
    const bool in_freed = gap && gap->kind == mm::Gap::Kind::unmapped;
    const mm::Block* near = in_freed ? owner : mm::find_vicinity(heap.ledger(), address).block;
    // A block's guard page is its neighbourhood as a whole.
    if (near == nullptr) near = owner;
    if (near != nullptr) {
        block = *near;
        offset = static_cast<std::int64_t>(address.value - near->address.value);
        write_place(output, *near, offset);
        output.write(", ");
    }
    if (!gap) {
        output.write("in a hole, never mapped");
    } else if (in_freed) {
        output.write("unmapped since a block here was freed");
    } else if (owner == near) {
        output.write("in its guard page");
    } else {
        print(output, "in the guard page of #{}", owner->number);
    }
    return true;
}

}  // namespace heap44::shell
