// SPDX-License-Identifier: MIT
// Who called whom: the chain of frame pointers on a stack.
//
//     rbp --> | caller's rbp | return address |      the function that runs
//                  |
//                  +--> | caller's rbp | return address |      the one that called it, and so on
//
// The kernel is compiled with frame pointers, so each function begins with such a pair on its
// stack. A trap adds a pair of its own (traps.asm), so that the chain leads from a handler into the
// code that it interrupted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "shell/platform/report.hpp"

namespace heap44::kernel {

/// Writes the return addresses found from frame pointer `frame` on; how many. Looks only at the
/// kernel's stacks, so that a broken chain cannot make it fault, and only upwards, so that none can
/// make it loop. A chain that leads to a stack at a lower address ends there.
std::size_t walk_stack(std::uint64_t frame, std::span<std::uint64_t> into);

/// The same for a report, behind the addresses that are there already.
void add_backtrace(shell::Report& report, std::uint64_t frame);

/// The word at `address` of a kernel stack, or 0.
[[nodiscard]] std::uint64_t stack_word(std::uint64_t address);

}  // namespace heap44::kernel
