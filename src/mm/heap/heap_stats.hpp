// SPDX-License-Identifier: MIT
// A heap in sums.
#pragma once

#include <cstddef>
#include <cstdint>

namespace heap44::mm {

/// Sums over the heap, in bytes and counts. `free` is what the holes hold; `used + free = size`.
struct HeapStats {
    std::size_t size;
    std::size_t used;
    std::size_t requested;
    std::size_t free;
    std::size_t largest;
    std::size_t holes;
    std::size_t live;
    std::uint64_t allocations;
    std::uint64_t frees;
    std::uint64_t failures;
    std::size_t peak_used;

    /// 1 − largest/free: 0 for one hole or none, towards 1 for many small ones.
    [[nodiscard]] double fragmentation() const {
        if (free == 0) return 0;
        return 1 - static_cast<double>(largest) / static_cast<double>(free);
    }
};

}  // namespace heap44::mm
