// SPDX-License-Identifier: MIT
// The reset that needs no device: an exception that nothing can answer.
//
// It is the last way, for when ACPI, the reset register and the keyboard controller have not
// worked.
#pragma once

#include <cstdint>

#include "kernel/x86_64/cpu.hpp"

namespace heap44::kernel {

/// Without an interrupt table the breakpoint becomes a double fault, that a triple fault, and
/// after that a processor can only start anew.
[[noreturn]] inline void reset_processor() {
    const struct [[gnu::packed]] {
        std::uint16_t limit = 0;
        std::uint64_t base = 0;
    } nothing;
    asm volatile("lidt %0\n\tint3" : : "m"(nothing) : "memory");
    halt_forever();
}

}  // namespace heap44::kernel
