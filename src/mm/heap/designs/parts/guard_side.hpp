// SPDX-License-Identifier: MIT
// The one choice that guard-page leaves.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace heap44::mm {

/// On which side of each block the page is that is never mapped, and against which the block lies.
enum class GuardSide : std::uint8_t { behind, front };
inline constexpr std::array<std::string_view, 2> guard_side_names{"behind", "front"};

[[nodiscard]] constexpr std::string_view name(GuardSide side) {
    return guard_side_names[static_cast<std::size_t>(side)];
}

}  // namespace heap44::mm
