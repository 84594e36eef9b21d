// SPDX-License-Identifier: MIT
// The kernel's stacks: the main one and one for each exception that must not use the stack it
// found. Under each lies a guard area that the final page tables leave unmapped.
//
//     guard   | bottom ............................ top | guard | bottom ... top | ...
//     unmapped| 128 KiB, the kernel's own              |       | 32 KiB, IST1
//
// A stack grows down, so what runs over it writes into its guard and faults. That fault cannot be
// handled on the same stack: the processor would fault again while it pushes, and a third time, and
// then it resets. So page faults and their like have stacks of their own (Intel SDM volume 3,
// 6.14.5, "Interrupt Stack Table").
//
// Invariant: an exception with a stack of its own never comes while its handler is using it. The
// handler leaves it (by `stop`, or by returning) before anything can raise it again, or the kernel
// halts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "lib/address.hpp"

namespace heap44::kernel {

/// Memory grows downwards from `top` to `bottom`; `guard` to `bottom` is never mapped. All three
/// are page-aligned.
struct StackArea {
    std::string_view name;
    VirtAddr guard;
    VirtAddr bottom;
    VirtAddr top;
};

/// The numbers of the interrupt stack table's entries (IST1 to IST5); 0 means "stay on the stack".
enum class InterruptStack : std::uint8_t {
    none,
    double_fault,
    non_maskable,
    page_fault,
    stack_fault,
    machine_check,
};

inline constexpr std::size_t stack_count = 6;

/// All stacks in address order: the main stack, then IST1 to IST5.
[[nodiscard]] std::span<const StackArea, stack_count> stacks();

/// The stack whose guard area holds this address, or null.
[[nodiscard]] const StackArea* stack_guarded_at(VirtAddr address);

}  // namespace heap44::kernel
