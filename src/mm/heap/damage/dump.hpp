// SPDX-License-Identifier: MIT
// Bytes to look at.
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

}  // namespace heap44::mm
