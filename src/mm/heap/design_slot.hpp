// SPDX-License-Identifier: MIT
// Room for one design of the table, for those who need not know which designs there are.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace heap44::mm {

/// The memory of an AnyDesign (any_design.hpp). Designs are plain values, so a copy of these bytes
/// is a copy of the design. A file that includes any_design.hpp can look into it; all others, and
/// that is most of the shell, are compiled without one line of a design.
struct DesignSlot {
    alignas(std::uint64_t) std::array<std::byte, 328> bytes;
};

}  // namespace heap44::mm
