// SPDX-License-Identifier: MIT
// Where the holes are, by address, as the last walk over them found it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "lib/address.hpp"
#include "mm/heap/address_set.hpp"

namespace heap44::mm {

/// The holes of a region as two sets, of their first and their last 8-byte granules: designs keep
/// holes in any order, and this answers by address.
class HoleMap {
public:
    static constexpr std::size_t granule = 8;

    [[nodiscard]] static std::size_t bytes_needed(std::size_t region_size) {
        return 2 * words(region_size) * sizeof(std::uint64_t);
    }

    /// `memory` is aligned to 8 and holds `bytes_needed(region_size)` bytes.
    HoleMap(std::span<std::byte> memory, VirtAddr region, std::size_t region_size)
        : region_(region), region_end_(region + region_size) {
        auto* first = reinterpret_cast<std::uint64_t*>(memory.data());
        const std::size_t count = words(region_size);
        starts_ = AddressSet({first, count}, region_size / granule);
        ends_ = AddressSet({first + count, count}, region_size / granule);
    }

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
        const auto last = ends_.first_from(number(hole));
        return last ? region_ + (*last + 1) * granule : region_end_;
    }
    /// Where the first hole at or behind `address` starts; the region's end if there is none.
    [[nodiscard]] VirtAddr first_from(VirtAddr address) const {
        const auto start = starts_.first_from(number(address));
        return start ? region_ + *start * granule : region_end_;
    }

private:
    static std::size_t words(std::size_t region_size) {
        return AddressSet::words_needed(region_size / granule);
    }
    [[nodiscard]] std::size_t number(VirtAddr address) const {
        return (address - region_) / granule;
    }

    VirtAddr region_;
    VirtAddr region_end_;
    AddressSet starts_;
    AddressSet ends_;
};

}  // namespace heap44::mm
