// SPDX-License-Identifier: MIT
// Instructions that raise each CPU exception, by the real cause where the processor still has one.
#pragma once

#include <cstddef>
#include <span>

#include "lib/address.hpp"
#include "shell/platform/machine.hpp"

namespace heap44::kernel {

/// What can be provoked, in the order in which `fault` lists it.
[[nodiscard]] std::span<const shell::FaultKind> provocable_faults();

/// What only the kernel knows: memory that must not be written to.
struct ForbiddenMemory {
    VirtAddr constants;
    VirtAddr guard_page;
};

/// Raises it. Returns only from exceptions that go on.
void provoke_fault(std::size_t fault, const ForbiddenMemory& memory);

}  // namespace heap44::kernel
