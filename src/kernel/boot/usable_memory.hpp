// SPDX-License-Identifier: MIT
// From the firmware's memory map to what the kernel may use. Knows no hardware.
//
//     map        usable      |------------------------------|         |---------|
//                other             |------|                      |------|
//     usable     result      |-----|      |-----------------|           |------|
//
// Firmware maps overlap and are not sorted. What one entry claims and another calls usable is not
// used.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>

#include "kernel/boot/boot_info.hpp"
#include "mm/frames.hpp"
#include "mm/physical_ranges.hpp"

namespace heap44::kernel {

/// Everything from `start` up.
[[nodiscard]] constexpr mm::PhysicalRange all_memory_from(std::uint64_t start) {
    return {{start}, mm::physical_limit - start};
}

/// The pages that the map calls usable and nothing else in it claims, for the map may contradict
/// itself. Memory above 1 TiB is left out: the kernel has no use for so much, and a map that
/// promises the sky shall not cost all real memory in bitmaps and tables.
[[nodiscard]] inline mm::PhysicalRanges usable_memory(std::span<const MemoryRange> map) {
    mm::PhysicalRanges memory;
    for (const MemoryRange& range : map) {
        if (range.usable()) memory.add({range.start, range.size});
    }
    // Only now, so that the order of the map's entries does not matter.
    for (const MemoryRange& range : map) {
        if (!range.usable()) memory.remove({range.start, range.size});
    }
    memory.remove(all_memory_from(std::uint64_t{1} << 40));
    return memory;
}

/// Whether all of `range`, whole pages, is in `memory`.
[[nodiscard]] inline bool holds(const mm::PhysicalRanges& memory, const mm::PhysicalRange& range) {
    return std::ranges::any_of(memory.ranges(), [&](const mm::PhysicalRange& each) {
        return each.start <= range.start && range.start + range.size <= each.start + each.size;
    });
}

/// Memory that holds something: what the loader named, and a little more.
class ReservedMemory {
public:
    explicit ReservedMemory(std::span<const ReservedRange> ranges) {
        for (const ReservedRange& range : ranges) add({range.start, range.size});
    }
    /// There is room for what the loader can name and for two more: the kernel's image, and its
    /// bitmap.
    void add(const mm::PhysicalRange& range) { ranges_[count_++] = range; }
    [[nodiscard]] std::span<const mm::PhysicalRange> all() const {
        return std::span(ranges_).first(count_);
    }

private:
    std::array<mm::PhysicalRange, std::tuple_size_v<decltype(BootInfo::reserved)> + 2> ranges_{};
    std::size_t count_ = 0;
};

/// The first place in `memory` for `size` bytes, or else the largest there is. Nothing below 1 MiB,
/// nothing in `taken`, nothing above 4 GiB, where the first page tables end.
[[nodiscard]] inline mm::PhysicalRange find_room(mm::PhysicalRanges memory,
                                                 std::span<const mm::PhysicalRange> taken,
                                                 std::uint64_t size) {
    memory.remove({{0}, mm::FrameAllocator::lowest.value});
    memory.remove(all_memory_from(std::uint64_t{4} << 30));
    for (const mm::PhysicalRange& range : taken) memory.remove(range);
    mm::PhysicalRange best{{0}, 0};
    for (const mm::PhysicalRange& range : memory.ranges()) {
        if (range.size >= size) return {range.start, size};
        if (range.size > best.size) best = range;
    }
    return best;
}

}  // namespace heap44::kernel
