// SPDX-License-Identifier: MIT
// Puts memory under a region of addresses, page by page, all of it or none.
#pragma once

#include <cstdint>
#include <expected>

#include "lib/address.hpp"
#include "mm/frames.hpp"
#include "mm/page_table.hpp"

namespace heap44::mm {

/// What mapping needs: where tables go, where frames come from, and how frames are reached. What
/// becomes of tables when nothing is mapped through them any more.
struct MappingTools {
    Mapper& mapper;
    FrameAllocator& frames;
    PageAccess& access;
    EmptyTables empty = EmptyTables::release;
};

/// Maps `size` bytes (rounded up to whole pages) at `start` to fresh frames: zeroed, writable, not
/// executable. When one page fails those before it are unmapped and all frames given back.
[[nodiscard]] std::expected<void, MapError> map_fresh(MappingTools tools, VirtAddr start,
                                                      std::uint64_t size);

/// Undoes map_fresh. Pages that are not mapped are passed over.
void unmap_fresh(MappingTools tools, VirtAddr start, std::uint64_t size);

}  // namespace heap44::mm
