// SPDX-License-Identifier: MIT
// The example of docs/write-your-own-allocator.md: a byte beside the heap for each 16 bytes in it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "lib/align.hpp"
#include "mm/heap/designs/design.hpp"

namespace heap44::mm {

/// First fit over a map of the heap: a byte for each granule of 16 bytes tells whether it is free.
/// Nothing is written into the heap, and freed neighbours need not be joined: in the map they
/// simply touch. The price is the search, which looks at every granule on its way: O(heap size).
class ByteMap {
public:
    static constexpr const char* name = "byte-map";
    static constexpr std::array<HoleField, 0> hole_fields{};

    [[nodiscard]] static std::size_t metadata_bytes(std::size_t region_size) {
        return region_size / granule;
    }

    ByteMap(std::span<std::byte> region, std::span<std::byte> metadata)
        : base_(align_up(reinterpret_cast<std::uint64_t>(region.data()), granule)) {
        const auto end = reinterpret_cast<std::uint64_t>(region.data()) + region.size();
        map_ = metadata.first(end < base_ ? 0 : (end - base_) / granule);
        std::ranges::fill(map_, free);
    }

    [[nodiscard]] std::byte* allocate(Layout layout) {
        const std::size_t wanted = block_size(layout) / granule;
        std::size_t run = 0;
        for (std::size_t index = 0; index < map_.size(); ++index) {
            // A run starts where a block may start, and ends at the first granule in use.
            const bool may_start = is_aligned(base_ + index * granule, layout.align);
            run = map_[index] == free && (run > 0 || may_start) ? run + 1 : 0;
            if (run == wanted) return take(index + 1 - wanted, wanted);
        }
        return nullptr;
    }

    void deallocate(std::byte* block, Layout layout) {
        const std::size_t index = (reinterpret_cast<std::uint64_t>(block) - base_) / granule;
        std::ranges::fill(map_.subspan(index, block_size(layout) / granule), free);
    }

    /// The largest multiple stands for what cannot be rounded up; no heap is that large.
    [[nodiscard]] static std::size_t block_size(Layout layout) {
        return checked_align_up(std::max(layout.size, granule), granule)
            .value_or(align_down(std::numeric_limits<std::size_t>::max(), granule));
    }

    void for_each_hole(auto&& visit) const {
        for (std::size_t start = find(0, free); start < map_.size();) {
            const std::size_t end = find(start, used);
            const std::size_t next = find(end, free);
            std::byte* next_hole = next < map_.size() ? at(next) : nullptr;
            if (!visit(Hole{at(start), (end - start) * granule, next_hole})) return;
            start = next;
        }
    }

private:
    static constexpr std::size_t granule = 16;
    static constexpr std::byte free{0};
    static constexpr std::byte used{1};

    [[nodiscard]] std::byte* at(std::size_t index) const {
        return reinterpret_cast<std::byte*>(base_ + index * granule);
    }
    std::byte* take(std::size_t index, std::size_t count) {
        std::ranges::fill(map_.subspan(index, count), used);
        return at(index);
    }
    /// The first granule from `index` on in this state; behind the last if there is none.
    [[nodiscard]] std::size_t find(std::size_t index, std::byte state) const {
        const auto found = std::ranges::find(map_.subspan(index), state);
        return index + static_cast<std::size_t>(found - map_.subspan(index).begin());
    }

    std::uint64_t base_;
    std::span<std::byte> map_;
};
static_assert(Design<ByteMap>);

}  // namespace heap44::mm
