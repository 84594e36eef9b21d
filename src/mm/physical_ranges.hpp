// SPDX-License-Identifier: MIT
// Sets of physical pages, as sorted ranges: what remains of a firmware's untidy memory map.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "lib/address.hpp"

namespace heap44::mm {

/// `size` bytes of physical memory. A range that runs over the end of the address space ends there.
struct PhysicalRange {
    PhysAddr start;
    std::uint64_t size;

    friend constexpr bool operator==(const PhysicalRange&, const PhysicalRange&) = default;
};

/// No x86-64 processor has more address lines; a page table entry has no room for more.
inline constexpr std::uint64_t physical_limit = std::uint64_t{1} << 52;

/// Page numbers, `first` to `end` (not included); empty where `first >= end`.
struct PageRange {
    std::uint64_t first;
    std::uint64_t end;
};

/// The pages that lie in `range` entirely: what may be used of memory said to be there.
[[nodiscard]] PageRange pages_inside(const PhysicalRange& range);
/// The pages that `range` touches at all: what must be left alone of memory said to be taken.
[[nodiscard]] PageRange pages_touched(const PhysicalRange& range);

/// Disjoint ranges of whole pages, sorted, neighbours merged. Where its fixed room does not suffice
/// it forgets pages, never the other way round: a page too few is harmless, one too many is not.
class PhysicalRanges {
public:
    static constexpr std::size_t capacity = 256;

    /// Adds the pages that lie in `range` entirely.
    void add(const PhysicalRange& range);
    /// Takes out every page that `range` touches.
    void remove(const PhysicalRange& range);

    [[nodiscard]] std::span<const PhysicalRange> ranges() const {
        return std::span(ranges_).first(count_);
    }

private:
    void insert(std::size_t position, const PhysicalRange& range);
    void erase(std::size_t position);

    std::array<PhysicalRange, capacity> ranges_{};
    std::size_t count_ = 0;
};

}  // namespace heap44::mm
