// SPDX-License-Identifier: MIT
#include "kernel/exception_text.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "kernel/page_fault_text.hpp"
#include "mm/page_walk.hpp"

namespace heap44::kernel {

namespace {

// Bits of DR6.
constexpr std::uint64_t debug_single_step = 1U << 14;
constexpr std::uint64_t debug_registers = 0xf;

/// The error code of exceptions about segments (Intel SDM volume 3, 6.13): a selector, bit 0 for an
/// event from outside, bits 1 and 2 for the table.
void write_selector(Output& output, std::uint64_t error_code) {
    if (error_code == 0) {
        output.write("no selector is involved");
        return;
    }
    constexpr std::array<std::string_view, 4> tables{"GDT", "IDT", "LDT", "IDT"};
    print(output, "selector {:#x}: entry {} of the {}", error_code & 0xfff8,
          error_code >> 3 & 0x1fff, tables[error_code >> 1 & 3]);
    if ((error_code & 1) != 0) output.write(", while an event from outside was delivered");
}

/// MOVAPS and its kin, which demand that the 16 bytes that they move are aligned (Intel SDM,
/// volume 2): an operand size prefix and a REX prefix, where there are such, then the opcode.
bool wants_alignment(std::uint64_t instruction) {
    const auto* code = reinterpret_cast<const std::uint8_t*>(instruction);
    if (*code == 0x66) ++code;
    if ((*code & 0xf0) == 0x40) ++code;
    constexpr std::array<std::uint8_t, 6> opcodes{0x28, 0x29, 0x2b, 0x6f, 0x7f, 0xe7};
    return code[0] == 0x0f && std::ranges::contains(opcodes, code[1]);
}

// The processor does not say which address was not canonical, but it was in a register.
// With an error code of 0 three causes are told apart: an address that is not canonical, an operand
// that is not aligned, or neither.
void write_general_protection(Output& output, const TrapFrame& frame) {
    if (frame.error_code != 0) return write_selector(output, frame.error_code);
    constexpr std::array<std::string_view, 15> names{
        "r15", "r14", "r13", "r12", "r11", "r10", "r9",  "r8",
        "rbp", "rdi", "rsi", "rdx", "rcx", "rbx", "rax",
    };
    // The registers stand in the frame in this order, one behind the other.
    const std::span<const std::uint64_t, names.size()> values(&frame.r15, names.size());
    for (std::size_t index = names.size(); index-- > 0;) {
        if (mm::is_canonical({values[index]})) continue;
        print(output, "{} holds {:#x}, which is no canonical address", names[index], values[index]);
        return;
    }
    output.write(wants_alignment(frame.rip)
                     ? "the instruction moves 16 bytes that must lie at a multiple of 16"
                     : "no selector is involved");
}

/// What DR6 says about the exception; none of its bits is set for `int1`.
void write_debug(Output& output, std::uint64_t status) {
    if ((status & debug_single_step) != 0) {
        output.write("single step");
    } else if ((status & debug_registers) != 0) {
        print(output, "debug registers that matched (bits): {:#x}", status & debug_registers);
    } else {
        output.write("the instruction int1");
    }
}

// x87 and SSE share the order of their exception flags; `raised` are those that are not masked.
void write_float_flags(Output& output, std::uint32_t raised) {
    constexpr std::array<std::string_view, 6> flags{
        "invalid operation", "denormal operand", "division by zero",
        "overflow",          "underflow",        "inexact result",
    };
    bool first = true;
    for (std::size_t bit = 0; bit < flags.size(); ++bit) {
        if ((raised >> bit & 1) == 0) continue;
        print(output, "{}{}", first ? "" : ", ", flags[bit]);
        first = false;
    }
}

}  // namespace

/// As the Intel SDM names them, in words (volume 3, table 6-1); 28 to 30 are AMD's.
std::string_view exception_name(std::uint64_t vector) {
    constexpr std::array<std::string_view, 32> names{
        "divide error",
        "debug",
        "non-maskable interrupt",
        "breakpoint",
        "overflow",
        "bound range exceeded",
        "invalid opcode",
        "device not available",
        "double fault",
        "coprocessor segment overrun",
        "invalid TSS",
        "segment not present",
        "stack segment fault",
        "general protection fault",
        "page fault",
        "reserved exception 15",
        "x87 floating point error",
        "alignment check",
        "machine check",
        "SIMD floating point error",
        "virtualization exception",
        "control protection exception",
        "reserved exception 22",
        "reserved exception 23",
        "reserved exception 24",
        "reserved exception 25",
        "reserved exception 26",
        "reserved exception 27",
        "hypervisor injection exception",
        "VMM communication exception",
        "security exception",
        "reserved exception 31",
    };
    return vector < names.size() ? names[vector] : "unexpected interrupt";
}

void write_explanation(Output& output, const TrapFrame& frame, std::uint64_t debug_status) {
    switch (static_cast<Exception>(frame.vector)) {
        case Exception::page_fault:
            return write_page_fault(output, frame.error_code);
        case Exception::general_protection:
            return write_general_protection(output, frame);
        case Exception::debug:
            return write_debug(output, debug_status);
        case Exception::invalid_tss:
        case Exception::segment_not_present:
        case Exception::stack_segment:
            return write_selector(output, frame.error_code);
        case Exception::simd_error: {
            const std::uint32_t state = float_state(frame).mxcsr;
            // Flags in bits 0 to 5, their masks in bits 7 to 12.
            return write_float_flags(output, state & ~(state >> 7));
        }
        case Exception::x87_error: {
            const FloatState& state = float_state(frame);
            return write_float_flags(output, state.x87_status & ~std::uint32_t{state.x87_control});
        }
        case Exception::double_fault:
            return output.write("an exception arose while another one was being delivered");
        case Exception::divide_error:
            return output.write("division by zero, or a quotient that does not fit");
        case Exception::non_maskable:
            return output.write("the machine's own alarm, or somebody at its monitor");
        case Exception::machine_check:
            return output.write("the processor found its own hardware at fault");
        case Exception::device_not_available:
            return output.write("floating point while it is switched off (CR0.TS or CR0.EM)");
        default:
            break;
    }
    if (frame.vector >= 32) print(output, "vector {:#x}, which nobody handles", frame.vector);
}

}  // namespace heap44::kernel
