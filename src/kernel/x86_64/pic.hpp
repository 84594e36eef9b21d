// SPDX-License-Identifier: MIT
// The two 8259 interrupt controllers, whose 16 lines become vectors 0x20 to 0x2f.
#pragma once

#include <cstdint>

namespace heap44::kernel::pic {

inline constexpr std::uint8_t first_vector = 0x20;
inline constexpr std::uint8_t line_count = 16;

/// Moves the lines away from the exceptions' vectors; all are masked afterwards.
void initialize();
void unmask(std::uint8_t line);
/// Whether the line is being served; a vector without that came from a line that fell silent again.
[[nodiscard]] bool in_service(std::uint8_t line);
void acknowledge(std::uint8_t line);

}  // namespace heap44::kernel::pic
