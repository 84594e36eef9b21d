// SPDX-License-Identifier: MIT
#include "mm/heap_region.hpp"

#include <algorithm>

#include "lib/align.hpp"

namespace heap44::mm {

namespace {

std::expected<void, MapError> map_page(MappingTools tools, VirtAddr page) {
    const std::optional<PhysAddr> frame = tools.frames.allocate();
    if (!frame) return std::unexpected(MapError::frame_allocation_failed);
    // Whoever uses the region must find nothing of what the frame held before.
    std::ranges::fill(tools.access.words(*frame), 0);
    // Dirty from the start: what is there is new, and the journal has to look at it.
    const auto mapped = tools.mapper.map(page, *frame, {.writable = true, .dirty = true});
    if (!mapped) (void)tools.frames.free(*frame);
    return mapped;
}

}  // namespace

std::expected<void, MapError> map_fresh(MappingTools tools, VirtAddr start, std::uint64_t size) {
    if (!is_aligned(start.value, page_size)) return std::unexpected(MapError::misaligned);
    const std::optional<std::uint64_t> whole = checked_align_up(size, page_size);
    if (!whole) return std::unexpected(MapError::not_canonical);
    for (std::uint64_t offset = 0; offset < *whole; offset += page_size) {
        if (const auto mapped = map_page(tools, start + offset); !mapped) {
            // All or nothing: the pages before this one go back.
            unmap_fresh(tools, start, offset);
            return mapped;
        }
    }
    return {};
}

void unmap_fresh(MappingTools tools, VirtAddr start, std::uint64_t size) {
    for (std::uint64_t offset = 0; offset < size; offset += page_size) {
        if (const auto frame = tools.mapper.unmap(start + offset, PageSize::small, tools.empty)) {
            (void)tools.frames.free(*frame);
        }
    }
}

}  // namespace heap44::mm
