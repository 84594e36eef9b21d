// SPDX-License-Identifier: MIT
// Where the holes are, by address, as the last walk over them found it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "lib/address.hpp"
#include "lib/carver.hpp"
#include "mm/heap/ledger/address_set.hpp"

namespace heap44::mm {

/// The holes of a region as two sets, of their first and their last granules: designs keep holes in
/// any order, and this answers by address. Holes do not overlap, so the first end behind a start is
/// that hole's. Holes start and end on multiples of `unit` (8 or more).
class HoleMap {
public:
    static constexpr std::size_t granule = 8;

    [[nodiscard]] static std::size_t bytes_needed(std::size_t region_size,
                                                  std::size_t unit = granule) {
        return memory_for(region_size / unit).bytes();
    }

    /// `memory` is aligned to 8 and holds `bytes_needed(region_size, unit)` bytes.
    HoleMap(std::span<std::byte> memory, VirtAddr region, std::size_t region_size,
            std::size_t unit = granule)
        : region_(region), region_end_(region + region_size), unit_(unit) {
        const std::size_t limit = region_size / unit;
        const auto [starts, ends] = memory_for(limit).carve(memory);
        starts_ = AddressSet(starts, limit);
        ends_ = AddressSet(ends, limit);
    }

    [[nodiscard]] VirtAddr region() const { return region_; }
    [[nodiscard]] VirtAddr region_end() const { return region_end_; }

    void clear() {
        starts_.clear();
        ends_.clear();
    }
    void insert(VirtAddr hole, std::size_t size) {
        starts_.insert(number(hole));
        ends_.insert(number(hole + (size - 1)));
    }
    [[nodiscard]] bool starts_at(VirtAddr address) const {
        return starts_.contains(number(address));
    }
    /// The end of the hole that starts at `hole`.
    [[nodiscard]] VirtAddr end_of(VirtAddr hole) const {
        return region_ + (*ends_.first_from(number(hole)) + 1) * unit_;
    }
    /// Where the first hole at or behind `address` starts; the region's end if there is none.
    [[nodiscard]] VirtAddr first_from(VirtAddr address) const {
        const auto start = starts_.first_from(number(address));
        return start ? region_ + *start * unit_ : region_end_;
    }

private:
    /// The words of both sets.
    static Carver<std::uint64_t, std::uint64_t> memory_for(std::size_t limit) {
        return {AddressSet::words_needed(limit), AddressSet::words_needed(limit)};
    }
    [[nodiscard]] std::size_t number(VirtAddr address) const { return (address - region_) / unit_; }

    VirtAddr region_;
    VirtAddr region_end_;
    std::size_t unit_;
    AddressSet starts_;
    AddressSet ends_;
};

}  // namespace heap44::mm
