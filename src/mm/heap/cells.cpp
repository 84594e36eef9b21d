// SPDX-License-Identifier: MIT
#include "mm/heap/cells.hpp"

#include <algorithm>

#include "mm/heap/designs/guard_page.hpp"
#include "mm/heap/heap.hpp"

namespace heap44::mm {

namespace {

constexpr Cell::Kind kind_of(Gap::Kind gap) {
    switch (gap) {
        case Gap::Kind::guard:
            return Cell::Kind::guard;
        case Gap::Kind::unmapped:
            return Cell::Kind::unmapped;
        case Gap::Kind::overhead:
            break;
    }
    return Cell::Kind::overhead;
}

}  // namespace

Cells::Cells(const Heap& heap) : heap_(heap), position_(heap.start()) {
    // A walk over all holes fills the heap's map of them, which `next` then asks by address.
    heap.for_each_hole([](const Hole&) { return true; });
}

bool Cells::next(Cell& cell) {
    // At each position one question after the other: the rest of a block, the end, a block, what
    // only a window has, a hole. What is none of these is the design's own.
    if (padded_ != nullptr) {
        cell = {position_, padded_->end() - position_, Cell::Kind::padding, padded_};
        padded_ = nullptr;
    } else if (position_ >= heap_.end()) {
        return false;
    } else if (const Block* block = heap_.ledger().live_at(position_)) {
        const std::size_t payload = block->layout.size;
        const bool has_payload = payload != 0;
        cell = {position_, has_payload ? payload : block->block_size,
                has_payload ? Cell::Kind::block : Cell::Kind::padding, block};
        if (has_payload && payload < block->block_size) padded_ = block;
    } else if (const auto gap = heap_.gap_at(position_)) {
        const bool is_guard = gap->kind == Gap::Kind::guard;
        cell = {position_, limit(address_of(gap->end)) - position_, kind_of(gap->kind),
                is_guard ? heap_.ledger().live_from(address_of(gap->span)) : nullptr};
    } else {
        const HoleMap& holes = heap_.hole_map();
        const bool is_hole = holes.starts_at(position_);
        const VirtAddr end = is_hole ? holes.end_of(position_) : holes.first_from(position_);
        cell = {position_, limit(end) - position_,
                is_hole ? Cell::Kind::hole : Cell::Kind::overhead, nullptr};
    }
    position_ += cell.size;
    return true;
}

// A damaged list may tell of a hole that reaches into a block; the block is the truth.
VirtAddr Cells::limit(VirtAddr end) const {
    const Block* following = heap_.ledger().live_from(position_);
    return std::min(end, following != nullptr ? following->address : heap_.end());
}

}  // namespace heap44::mm
