// SPDX-License-Identifier: MIT
// The segments that long mode still wants, and the task state segment with the interrupt stacks.
//
// In long mode segments have no base and no limit (Intel SDM volume 3, 3.2.4). What is left: a code
// segment that says "64 bits", a data segment for the stack, and the task state segment, which no
// longer holds a task but the stacks for interrupts.
#pragma once

#include <cstdint>

namespace heap44::kernel {

inline constexpr std::uint16_t code_selector = 0x08;
inline constexpr std::uint16_t data_selector = 0x10;
inline constexpr std::uint16_t task_selector = 0x18;
/// A data segment marked "not present", for provoking what happens when one is loaded.
inline constexpr std::uint16_t absent_selector = 0x28;

/// Fills the task state segment with the interrupt stacks, and loads both. Call it once, before an
/// interrupt table refers to those stacks.
void initialize_segments();

}  // namespace heap44::kernel
