// SPDX-License-Identifier: MIT
// Who called whom: the chain of frame pointers on a stack.
#pragma once

#include <cstdint>

#include "shell/report.hpp"

namespace heap44::kernel {

/// Writes the return addresses found from frame pointer `frame` on into `report`, behind those
/// that are there already. Looks only at the kernel's stacks, so that a broken chain cannot make it
/// fault, and only upwards, so that none can make it loop.
void add_backtrace(shell::Report& report, std::uint64_t frame);

/// The word at `address` of a kernel stack, or 0.
[[nodiscard]] std::uint64_t stack_word(std::uint64_t address);

}  // namespace heap44::kernel
