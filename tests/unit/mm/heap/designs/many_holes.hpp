// SPDX-License-Identifier: MIT
// Heaps with so many holes that the indexed design makes its index.
#pragma once

#include <cstddef>
#include <gtest/gtest.h>

#include "lockstep/lockstep.hpp"

namespace heap44::test {

inline constexpr std::size_t kib = 1024;
inline constexpr std::size_t mib = 1024 * kib;

/// `count` holes of `size` bytes, each before a block of 16.
inline void make_holes(Lockstep& heaps, std::size_t count, std::size_t size) {
    const std::size_t first = heaps.live();
    for (std::size_t hole = 0; hole < count; ++hole) {
        ASSERT_NE(heaps.allocate({size}), nullptr);
        ASSERT_NE(heaps.allocate({16}), nullptr);
    }
    // The last takes the place of the one that is freed: so every second one, from behind.
    for (std::size_t hole = count; hole > 0; --hole) heaps.deallocate(first + 2 * hole - 2);
}

}  // namespace heap44::test
