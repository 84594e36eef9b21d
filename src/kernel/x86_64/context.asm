; SPDX-License-Identifier: MIT
; Remembers a place in a computation, and goes back to it from wherever the processor then is.

global save_context
global restore_context

; struct Context in context.hpp
SAVED_RBX equ 0
SAVED_RBP equ 8
SAVED_R12 equ 16
SAVED_R13 equ 24
SAVED_R14 equ 32
SAVED_R15 equ 40
SAVED_RSP equ 48
SAVED_RIP equ 56
SAVED_FLAGS equ 64
SAVED_MXCSR equ 72
SAVED_X87_CONTROL equ 76

CODE_SELECTOR equ 0x08
DATA_SELECTOR equ 0x10

section .text.context progbits alloc exec nowrite align=16
bits 64

; int save_context(Context*): 0 now, 1 when restore_context comes back here.
save_context:
    mov [rdi + SAVED_RBX], rbx
    mov [rdi + SAVED_RBP], rbp
    mov [rdi + SAVED_R12], r12
    mov [rdi + SAVED_R13], r13
    mov [rdi + SAVED_R14], r14
    mov [rdi + SAVED_R15], r15
    ; The stack pointer that the caller has after the call, without the return address.
    lea rax, [rsp + 8]
    mov [rdi + SAVED_RSP], rax
    mov rax, [rsp]
    mov [rdi + SAVED_RIP], rax
    pushfq
    pop qword [rdi + SAVED_FLAGS]
    ; The control words are the callee's to preserve as well: rounding, and which exceptions are
    ; masked.
    stmxcsr [rdi + SAVED_MXCSR]
    fnstcw [rdi + SAVED_X87_CONTROL]
    xor eax, eax
    ret

; void restore_context(const Context*), with interrupts off.
restore_context:
    ; Throws away whatever the abandoned code left in the x87 unit, pending exceptions above all.
    fninit
    fldcw [rdi + SAVED_X87_CONTROL]
    ldmxcsr [rdi + SAVED_MXCSR]
    mov rbx, [rdi + SAVED_RBX]
    mov rbp, [rdi + SAVED_RBP]
    mov r12, [rdi + SAVED_R12]
    mov r13, [rdi + SAVED_R13]
    mov r14, [rdi + SAVED_R14]
    mov r15, [rdi + SAVED_R15]
    ; Through iretq rather than a jump: flags and stack change in one step, so that an interrupt
    ; finds either the old state or the new; and non-maskable interrupts, which the processor
    ; holds back from the start of one until the next iretq, are let in again.
    push DATA_SELECTOR
    push qword [rdi + SAVED_RSP]
    push qword [rdi + SAVED_FLAGS]
    push CODE_SELECTOR
    push qword [rdi + SAVED_RIP]
    mov eax, 1
    iretq
