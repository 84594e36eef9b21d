// SPDX-License-Identifier: MIT
#include "mm/heap/cells.hpp"

#include <algorithm>

namespace heap44::mm {

Cells::Cells(const Heap& heap) : heap_(heap), position_(heap.start()) {
    heap.for_each_hole([](const Hole&) { return true; });
}

bool Cells::next(Cell& cell) {
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
    } else {
        const HoleMap& holes = heap_.hole_map();
        const bool is_hole = holes.starts_at(position_);
        const VirtAddr end = is_hole ? holes.end_of(position_) : holes.first_from(position_);
        const Block* following = heap_.ledger().live_from(position_);
        const VirtAddr limit = following != nullptr ? following->address : heap_.end();
        cell = {position_, std::min(end, limit) - position_,
                is_hole ? Cell::Kind::hole : Cell::Kind::overhead, nullptr};
    }
    position_ += cell.size;
    return true;
}

}  // namespace heap44::mm
