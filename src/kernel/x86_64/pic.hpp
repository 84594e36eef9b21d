// SPDX-License-Identifier: MIT
// The two 8259 interrupt controllers, whose 16 lines become vectors 0x20 to 0x2f.
//
//     lines 0..7  --> first controller  (ports 0x20, 0x21) --> processor, vectors 0x20..0x27
//     lines 8..15 --> second controller (ports 0xa0, 0xa1) --> line 2 of the first, 0x28..0x2f
//
// After the reset lines 0 to 7 would arrive as vectors 8 to 15, which belong to exceptions. The
// kernel needs two lines, those of the timer and the serial port, so the old controllers will do.
#pragma once

#include <cstdint>

namespace heap44::kernel::pic {

inline constexpr std::uint8_t first_vector = 0x20;
inline constexpr std::uint8_t line_count = 16;

/// Moves the lines away from the exceptions' vectors; all are masked afterwards.
void initialize();
/// Lets a line (0 to 15) interrupt. The mask register can be read back, so the others keep theirs.
void unmask(std::uint8_t line);
/// Whether the line is being served. If the processor got the vector of line 7 or 15 without that,
/// the line that asked has fallen silent again.
[[nodiscard]] bool in_service(std::uint8_t line);
/// The controller holds back this line and those below it until this is said. For a line of the
/// second controller both have to hear it.
void acknowledge(std::uint8_t line);

}  // namespace heap44::kernel::pic
