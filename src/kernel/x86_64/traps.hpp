// SPDX-License-Identifier: MIT
// Exceptions and interrupts: the interrupt descriptor table and who answers what arrives there.
//
//     exception or interrupt --> gate --> stub (pushes its number) --> trap_entry (saves registers)
//         --> handle_trap(frame) --> vectors 0x20..0x2f: acknowledge, call the line's handler,
//                                    or mask a line that has none
//                                --> all others: the ExceptionHandler
//         <-- registers restored, iretq; or the handler never returns (kernel/guard.hpp)
//
// All 256 vectors lead to the same code, so none can surprise the kernel. Handlers run with
// interrupts off. What a handler changes in the frame is what the interrupted code finds in its
// registers.
//
// Cost: saving and restoring the vector registers takes most of the time. Compiled code uses them
// freely, so they cannot be left alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "kernel/x86_64/interrupt_controller.hpp"

namespace heap44::kernel {

/// What the trap entry (traps.asm) pushed, lowest address first: the order is the assembly's.
struct TrapFrame {
    std::uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    std::uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
    std::uint64_t vector, error_code;
    std::uint64_t rip, cs, rflags, rsp, ss;
};
static_assert(sizeof(TrapFrame) == 22 * sizeof(std::uint64_t), "traps.asm pushes 22 words");

/// What `fxsave64` stores (Intel SDM volume 1, 10.5.1): the vector registers and the x87 unit as
/// the interrupted code had them. traps.asm puts it right below the frame.
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

/// The exceptions that the code treats by name; the numbers are vectors (Intel SDM volume 3, 6.3,
/// table 6-1).
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

/// Loads the GDT, the TSS and the IDT, and moves the 8259's lines to vectors 0x20 to 0x2f, all
/// masked. Interrupts stay off.
void initialize_traps(ExceptionHandler handler);

/// From now on lines come through this controller; at first it is the 8259.
void use_controller(InterruptController& controller);

/// Lets the interrupt line (0 to 15) call `handler`, and unmasks it.
void set_irq_handler(std::uint8_t irq, IrqHandler handler);

/// Lets a line without a handler interrupt, once: it is masked then, for whoever asked goes on
/// asking.
void unmask_irq(std::uint8_t irq);
void mask_irq(std::uint8_t irq);
/// The lines that have interrupted so, a bit each, since it was called last.
[[nodiscard]] std::uint16_t take_unanswered_irqs();

/// After a computation was abandoned wherever it was: everything in the processor that it may have
/// changed is as the kernel expects it again, and interrupts that it left unanswered are
/// acknowledged, so that their lines work again.
void recover_processor();

/// Makes the processor find no gate beyond the double fault's, until `recover_processor`. Any
/// exception with a higher number then becomes a double fault, which is how one is provoked.
void withhold_gates_behind_double_fault();

}  // namespace heap44::kernel
