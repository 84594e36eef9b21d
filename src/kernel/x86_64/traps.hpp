// SPDX-License-Identifier: MIT
// Exceptions and interrupts: the interrupt descriptor table and who answers what arrives there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace heap44::kernel {

/// What the trap entry (traps.asm) pushed, lowest address first: the order is the assembly's.
struct TrapFrame {
    std::uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    std::uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
    std::uint64_t vector, error_code;
    std::uint64_t rip, cs, rflags, rsp, ss;
};
static_assert(sizeof(TrapFrame) == 22 * sizeof(std::uint64_t), "traps.asm pushes 22 words");

/// The vector registers and the x87 unit as the interrupted code had them; traps.asm saves them
/// right below the frame.
struct FloatState {
    std::uint16_t x87_control;
    std::uint16_t x87_status;
    std::array<std::uint8_t, 20> not_needed;
    std::uint32_t mxcsr;
    std::array<std::uint8_t, 484> registers;
};
static_assert(sizeof(FloatState) == 512 && offsetof(FloatState, mxcsr) == 24, "fxsave64's layout");

[[nodiscard]] inline const FloatState& float_state(const TrapFrame& frame) {
    return reinterpret_cast<const FloatState*>(&frame)[-1];
}

/// The exceptions that the code treats by name.
enum class Exception : std::uint8_t {
    divide_error = 0,
    debug = 1,
    non_maskable = 2,
    breakpoint = 3,
    overflow = 4,
    bound_range = 5,
    invalid_opcode = 6,
    device_not_available = 7,
    double_fault = 8,
    invalid_tss = 10,
    segment_not_present = 11,
    stack_segment = 12,
    general_protection = 13,
    page_fault = 14,
    x87_error = 16,
    alignment_check = 17,
    machine_check = 18,
    simd_error = 19,
};

inline constexpr std::uint8_t timer_irq = 0;

/// Called with interrupts off, on the interrupted stack, the interrupt already acknowledged.
using IrqHandler = void (*)();

/// Called for every exception, with interrupts off.
using ExceptionHandler = void (*)(TrapFrame& frame);

/// Loads the GDT, the TSS and the IDT, and moves the interrupt controllers' lines to vectors
/// 0x20 to 0x2f, all masked. Interrupts stay off.
void initialize_traps(ExceptionHandler handler);

/// Lets the interrupt line (0 to 15) call `handler`, and unmasks it.
void set_irq_handler(std::uint8_t irq, IrqHandler handler);

/// After a computation was abandoned wherever it was: everything in the processor that it may have
/// changed is as the kernel expects it again, and interrupts that it left unanswered are
/// acknowledged, so that their lines work again.
void recover_processor();

/// Makes the processor find no gate beyond the double fault's, until recover_processor. Then any
/// exception with a higher number becomes a double fault.
void withhold_gates_behind_double_fault();

}  // namespace heap44::kernel
