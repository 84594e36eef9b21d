// SPDX-License-Identifier: MIT
// What is told of damage, in plain values.
#pragma once

#include <array>
#include <cstddef>

#include "lib/address.hpp"

namespace heap44::mm {

/// The memory around damage as it was found, before it was put right.
struct Dump {
    VirtAddr start;
    std::size_t size = 0;
    std::array<std::byte, 64> bytes{};
};

/// What `DamageDetector::repair` put right.
struct Repair {
    std::size_t holes;    ///< with wrong words
    std::size_t damages;  ///< pieces of other damage
};

}  // namespace heap44::mm
