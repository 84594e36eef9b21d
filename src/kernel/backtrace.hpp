// SPDX-License-Identifier: MIT
// Who called whom: the chain of frame pointers on a stack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "shell/platform/report.hpp"

namespace heap44::kernel {

/// Writes the return addresses found from frame pointer `frame` on; how many. Looks only at the
/// kernel's stacks, so that a broken chain cannot make it fault, and only upwards, so that none can
/// make it loop.
std::size_t walk_stack(std::uint64_t frame, std::span<std::uint64_t> into);

/// The same for a report, behind the addresses that are there already.
void add_backtrace(shell::Report& report, std::uint64_t frame);

/// The word at `address` of a kernel stack, or 0.
[[nodiscard]] std::uint64_t stack_word(std::uint64_t address);

}  // namespace heap44::kernel
