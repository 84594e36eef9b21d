// SPDX-License-Identifier: MIT
// What the kernel's address space holds and why: named regions in address order. Knows no hardware.
//
// Cost: adding moves what lies behind, and every question goes through the list. It has some dozen
// entries, and they come at boot.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "lib/address.hpp"
#include "mm/physical_ranges.hpp"
#include "shell/platform/machine.hpp"

namespace heap44::kernel {

class RegionList {
public:
    /// Each piece of physical memory may be a region, and there is some more.
    static constexpr std::size_t capacity = mm::PhysicalRanges::capacity + 64;

    /// `kind` has to live on. A full list forgets the region: it describes mappings, it does not
    /// make them.
    void add(std::string_view kind, VirtAddr start, VirtAddr end);

    [[nodiscard]] std::span<const shell::MemoryRegion> all() const {
        return std::span(regions_).first(count_);
    }
    /// The first region that has any byte in common with `start` to `end` (not included), or null.
    /// So it tells both what is at an address and whether a range is free.
    [[nodiscard]] const shell::MemoryRegion* overlap(VirtAddr start, VirtAddr end) const;

private:
    std::array<shell::MemoryRegion, capacity> regions_{};
    std::size_t count_ = 0;
};

inline void RegionList::add(std::string_view kind, VirtAddr start, VirtAddr end) {
    if (count_ == regions_.size()) return;
    // In order, since those who list regions rely on it.
    const auto place = std::ranges::upper_bound(all(), start, {}, &shell::MemoryRegion::start);
    const auto index = place - all().begin();
    const std::span longer = std::span(regions_).first(count_ + 1);
    std::shift_right(longer.begin() + index, longer.end(), 1);
    longer[static_cast<std::size_t>(index)] = {start, end, kind};
    ++count_;
}

inline const shell::MemoryRegion* RegionList::overlap(VirtAddr start, VirtAddr end) const {
    for (const shell::MemoryRegion& region : all()) {
        if (region.start < end && start < region.end) return &region;
    }
    return nullptr;
}

}  // namespace heap44::kernel
