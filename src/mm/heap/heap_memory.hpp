// SPDX-License-Identifier: MIT
// The memory beside a heap, and how it is cut: one way for the region, another for a window.
#pragma once

#include <cstddef>
#include <span>

#include "lib/address.hpp"
#include "mm/heap/design_family.hpp"
#include "mm/heap/ledger/hole_map.hpp"

namespace heap44::mm {

/// Cuts one piece of memory for whatever design is in use:
///
///     | metadata | ledger | detector |  | hole map | checkpoint |
///       the records: part of a state     scratch: no part of a state
///
/// The journal copies the records with the region. They have the same size whichever arena is in
/// use, so that its copies fit both.
class HeapMemory {
public:
    /// One behind the other. The first three are the records: what changes when blocks come and go.
    struct Parts {
        std::span<std::byte> metadata;
        std::span<std::byte> ledger;
        std::span<std::byte> detector;  ///< Only the region has one.
        std::span<std::byte> hole_map;
        std::span<std::byte> checkpoint;
    };

    [[nodiscard]] static std::size_t bytes_needed(std::size_t region_size, std::size_t window_size);

    /// `memory` is aligned to 64 and holds `bytes_needed(region_size, window_size)` bytes.
    HeapMemory(std::span<std::byte> memory, std::size_t region_size, std::size_t window_size);

    [[nodiscard]] Parts parts(Arena arena) const;
    [[nodiscard]] std::span<std::byte> records() const;

    /// In a window at most one block starts on a page, and behind it is a page that has none.
    [[nodiscard]] static constexpr std::size_t granule(Arena arena) {
        return arena == Arena::window ? page_size : HoleMap::granule;
    }

private:
    std::span<std::byte> memory_;
    std::size_t region_size_;
    std::size_t window_size_;
};

}  // namespace heap44::mm
