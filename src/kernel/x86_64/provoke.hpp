// SPDX-License-Identifier: MIT
// Instructions that raise each CPU exception, by the real cause where the processor still has one.
//
// Each provocation is one or a few instructions, as a program's mistake would have them. The
// handler must find what it would find then. Where no instruction has the cause any more the vector
// is raised by itself, and the summary says so.
#pragma once

#include <cstddef>
#include <span>

#include "lib/address.hpp"
#include "shell/platform/machine.hpp"

namespace heap44::kernel {

/// What can be provoked, in the order in which `fault` lists it.
[[nodiscard]] std::span<const shell::Named> provocable_faults();

/// What only the kernel knows: memory that must not be written to.
struct ForbiddenMemory {
    VirtAddr constants;
    VirtAddr guard_page;
};

/// Raises it. Returns only from exceptions that go on.
/// `fault` is an index into provocable_faults(). The memory is kept for functions that take no
/// arguments.
void provoke_fault(std::size_t fault, const ForbiddenMemory& memory);

}  // namespace heap44::kernel
