// SPDX-License-Identifier: MIT
// The heap as one row of cells in address order, without gap or overlap: what `heapmap` draws.
#pragma once

#include <cstddef>
#include <cstdint>

#include "lib/address.hpp"
#include "mm/heap/ledger/block.hpp"

namespace heap44::mm {

class Heap;

/// A range of the heap that is all of one kind. `block` is the block it belongs to, null for what
/// belongs to none.
struct Cell {
    enum class Kind : std::uint8_t {
        block,     ///< the bytes that were asked for
        padding,   ///< the rest of a block
        hole,      ///< free memory that the design can hand out
        overhead,  ///< the design's own words, and memory it cannot use yet
        guard,     ///< the page beside a block of guard-page's, never mapped
        unmapped,  ///< what was such a block
    };
    VirtAddr address;
    std::size_t size;
    Kind kind;
    const Block* block;
};

/// Walks over a heap's cells. The heap must not change meanwhile, nor its holes be walked.
class Cells {
public:
    explicit Cells(const Heap& heap);

    /// Stores the next cell in `cell`; false behind the last.
    bool next(Cell& cell);

private:
    /// `end`, or where the next block starts.
    [[nodiscard]] VirtAddr limit(VirtAddr end) const;

    const Heap& heap_;
    VirtAddr position_;
    // The rest of the block whose payload came last.
    const Block* padded_ = nullptr;
};

}  // namespace heap44::mm
