// SPDX-License-Identifier: MIT
// A place in a computation to come back to, whatever has become of the processor since.
//
//     save_context(&here) == 0 --> work ... --> a fault --> restore_context(&here)
//              ^                                                   |
//              +------------- returns again, with 1 <-------------+
//
// It is what setjmp and longjmp are in C, with two differences that a kernel needs: the flags are
// restored (so interrupts are on again if they were), and the way back leads through `iretq`.
//
// Only what a called function must preserve is saved (System V ABI, 3.2.1): the caller of
// `save_context` expects nothing else to survive the call. The stack is not copied. It is intact
// above the saved stack pointer as long as the function that called `save_context` has not
// returned; that is the condition.
//
// Cost: eleven words to save, and as many to restore.
#pragma once

#include <cstddef>
#include <cstdint>

namespace heap44::kernel {

/// What a function's caller relies on; context.asm knows the offsets.
struct Context {
    std::uint64_t rbx, rbp, r12, r13, r14, r15;
    std::uint64_t rsp, rip, flags;
    std::uint32_t mxcsr;
    std::uint16_t x87_control;
};
static_assert(offsetof(Context, mxcsr) == 72 && offsetof(Context, x87_control) == 76,
              "context.asm stores there");

extern "C" {
/// 0 when it has saved the place, 1 when restore_context came back to it. The function that calls
/// it must not have returned by then, and must read from memory what it changed in between.
[[gnu::returns_twice]] int save_context(Context* context);
/// Goes back. Call it with interrupts off, on any stack, after `recover_processor`.
[[noreturn]] void restore_context(const Context* context);
}

}  // namespace heap44::kernel
