// SPDX-License-Identifier: MIT
// The processor's I/O ports, a byte, a word or a double word at a time.
//
// Only src/kernel/x86_64 may contain such instructions; devices use these functions. "Nd" lets the
// compiler put small port numbers into the instruction itself.
#pragma once

#include <cstdint>

namespace heap44::kernel {

[[nodiscard]] inline std::uint8_t port_in8(std::uint16_t port) {
    std::uint8_t value;
    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

[[nodiscard]] inline std::uint16_t port_in16(std::uint16_t port) {
    std::uint16_t value;
    asm volatile("inw %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

inline void port_out8(std::uint16_t port, std::uint8_t value) {
    asm volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

inline void port_out16(std::uint16_t port, std::uint16_t value) {
    asm volatile("outw %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

inline void port_out32(std::uint16_t port, std::uint32_t value) {
    asm volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

}  // namespace heap44::kernel
