// SPDX-License-Identifier: MIT
// Rounding to powers of two, and sums that say when they do not fit.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <optional>

namespace heap44 {

/// The multiple of `alignment` (a power of two) at or below `value`. A power of two less one is a
/// mask of the bits below it: clearing these rounds down.
[[nodiscard]] constexpr std::uint64_t align_down(std::uint64_t value, std::uint64_t alignment) {
    return value & ~(alignment - 1);
}

/// The multiple of `alignment` (a power of two) at or above `value`. The caller knows that it fits.
[[nodiscard]] constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t alignment) {
    return align_down(value + alignment - 1, alignment);
}

[[nodiscard]] constexpr bool is_aligned(std::uint64_t value, std::uint64_t alignment) {
    return (value & (alignment - 1)) == 0;
}

/// As align_up, or nothing where the result does not fit into 64 bits.
[[nodiscard]] constexpr std::optional<std::uint64_t> checked_align_up(std::uint64_t value,
                                                                      std::uint64_t alignment) {
    if (value > std::numeric_limits<std::uint64_t>::max() - (alignment - 1)) return std::nullopt;
    return align_up(value, alignment);
}

}  // namespace heap44
