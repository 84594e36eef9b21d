// SPDX-License-Identifier: MIT
// The cells of a heap in a form that can be compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include "mm/heap/cells.hpp"
#include "mm/heap/heap.hpp"

namespace heap44::test {

/// Of each cell: its distance from the heap's start, size, kind, and the number of its block or 0.
using CellRow = std::vector<std::tuple<std::size_t, std::size_t, mm::Cell::Kind, std::uint64_t>>;

inline CellRow cells_of(const mm::Heap& heap) {
    CellRow row;
    mm::Cells cells(heap);
    for (mm::Cell cell{}; cells.next(cell);) {
        row.emplace_back(cell.address - heap.start(), cell.size, cell.kind,
                         cell.block != nullptr ? cell.block->number : 0);
    }
    return row;
}

}  // namespace heap44::test
