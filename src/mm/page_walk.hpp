// SPDX-License-Identifier: MIT
// The way through the page tables to an address, as a value: what `walk` shows and reports tell.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "lib/address.hpp"

namespace heap44::mm {

/// Whether bits 63 to 48 repeat bit 47: the processor refuses any other address.
[[nodiscard]] constexpr bool is_canonical(VirtAddr address) {
    const std::uint64_t top = address.value >> 47;
    return top == 0 || top == 0x1'ffff;
}

/// The entry that a walk finds at one level: 4 (PML4) to 1 (page table), the index in the table of
/// that level, and the raw entry.
struct WalkLevel {
    std::uint8_t level;
    std::uint16_t index;
    std::uint64_t entry;
};

/// The way from CR3 to a page. `levels` holds `depth` entries, the highest level first; the last
/// one maps the address, or is the first that does not. `physical` is there if it is mapped.
struct PageWalk {
    std::array<WalkLevel, 4> levels{};
    std::size_t depth = 0;
    std::optional<PhysAddr> physical;
};

}  // namespace heap44::mm
