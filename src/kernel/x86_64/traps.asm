; SPDX-License-Identifier: MIT
; The way into the kernel for all 256 vectors, and out again: every register is kept.
;
;     pushed by     higher addresses
;     processor     ss rsp rflags cs rip [error code]
;     stub          [0 where there is none] vector
;     trap_entry    rax rbx rcx rdx rsi rdi rbp r8 ... r15     <- struct TrapFrame
;                   512 bytes of vector registers, x87          <- struct FloatState
;                   rip and rbp once more, for backtraces
;
; The processor has switched to the gate's stack, if it has one, aligned it to 16, and turned
; interrupts off.

extern handle_trap
global trap_stubs

; What the interrupted code had in the vector registers and what C++ relies on finding.
FXSAVE_SIZE equ 512
FRAME_RIP equ 17 * 8

section .text.traps progbits alloc exec nowrite align=16
bits 64

; One stub of 16 bytes for each vector. Where the processor pushes no error code, a zero takes its
; place, so that all frames look the same.
align 16
trap_stubs:
%assign vector 0
%rep 256
    align 16
%if vector = 8 || (vector >= 10 && vector <= 14) || vector = 17 || vector = 21 || \
    vector = 29 || vector = 30
%else
    push byte 0
%endif
    push strict dword vector
    jmp near trap_entry
%assign vector vector + 1
%endrep

trap_entry:
    push rax
    push rbx
    push rcx
    push rdx
    push rsi
    push rdi
    push rbp
    push r8
    push r9
    push r10
    push r11
    push r12
    push r13
    push r14
    push r15
    mov rdi, rsp

    ; Compiled code relies on a clear direction flag, and uses the vector registers for anything.
    ; The processor aligned the stack to 16 and 22 words follow, so fxsave64 finds it aligned.
    ; With CR0.TS set fxsave64 itself would fault, again and again.
    cld
    clts
    sub rsp, FXSAVE_SIZE
    fxsave64 [rsp]
    ; The handler must not trip over an exception that is pending in the interrupted code's
    ; floating point, nor over masks that it changed.
    fninit
    ldmxcsr [rel default_mxcsr]
    ; A frame of its own kind, so that backtraces show the interrupted instruction, too.
    push qword [rdi + FRAME_RIP]
    push rbp
    mov rbp, rsp
    call handle_trap
    add rsp, 16
    fxrstor64 [rsp]
    add rsp, FXSAVE_SIZE

    pop r15
    pop r14
    pop r13
    pop r12
    pop r11
    pop r10
    pop r9
    pop r8
    pop rbp
    pop rdi
    pop rsi
    pop rdx
    pop rcx
    pop rbx
    pop rax
    add rsp, 16                 ; vector and error code
    iretq

section .rodata.traps progbits alloc noexec nowrite align=4
default_mxcsr: dd 0x1f80
