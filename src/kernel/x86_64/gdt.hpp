// SPDX-License-Identifier: MIT
// The segments that long mode still wants, and the task state segment with the interrupt stacks.
#pragma once

#include <cstdint>

namespace heap44::kernel {

inline constexpr std::uint16_t code_selector = 0x08;
inline constexpr std::uint16_t data_selector = 0x10;
inline constexpr std::uint16_t task_selector = 0x18;
/// A data segment marked "not present", for provoking what happens when one is loaded.
inline constexpr std::uint16_t absent_selector = 0x28;

void initialize_segments();

}  // namespace heap44::kernel
