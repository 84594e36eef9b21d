; SPDX-License-Identifier: MIT
; From a boot loader's 32-bit protected mode to 64-bit C++: both entries, the first page tables,
; long mode. This part runs at its physical address; the kernel proper stands at -2 GiB.
;
;     GRUB (Multiboot2)  -- multiboot_entry --+
;     QEMU (PVH)         -- pvh_entry --------+--> tables, long mode --> kernel_main
;
; The tables are for the start only; kernel_main builds its own and leaves these behind:
;
;     pml4[0]    --> low_pdpt  --> 4 directories    0 to 4 GiB, where they are
;     pml4[256]  --> low_pdpt                       the same at the physical map's offset
;     pml4[511]  --> high_pdpt --> directory 0      the first GiB at -2 GiB

global multiboot_entry
global pvh_entry
extern kernel_main
extern main_stack_top

PRESENT_WRITABLE equ 3
HUGE_PAGE equ 0x80
HUGE_PAGE_SIZE equ 0x200000
TABLES equ 7
PVH_MAGIC equ 0x336ec578

; As in src/lib/address_plan.hpp. Bits 39 to 47 of an address are its entry in the top table, bits
; 30 to 38 that in the next.
physical_map_offset equ 0xffff800000000000
image_offset equ 0xffffffff80000000
%define PML4_ENTRY(address) pml4 + (address >> 39 & 511) * 8
%define PDPT_ENTRY(pdpt, address) pdpt + (address >> 30 & 511) * 8

; Control bits, by their names in the processor's manuals. WP: the kernel, too, may write only to
; pages that are writable. NXE: pages can be made not executable. OSFXSR and OSXMMEXCPT: SSE may be
; used, which compiled code does.
CR0_PE_MP_NE_WP_PG equ (1 << 0) | (1 << 1) | (1 << 5) | (1 << 16) | (1 << 31)
CR0_EM_TS equ (1 << 2) | (1 << 3)
CR4_PAE_OSFXSR_OSXMMEXCPT equ (1 << 5) | (1 << 9) | (1 << 10)
MSR_EFER equ 0xc0000080
EFER_LME_NXE equ (1 << 8) | (1 << 11)

; What CPUID's leaves 1 and 0x80000001 must say in edx. No bit is in both, so one register holds all.
FPU equ 1 << 0
TSC equ 1 << 4
MSR equ 1 << 5
PAE equ 1 << 6
CMOV equ 1 << 15
FXSR equ 1 << 24
SSE equ 1 << 25
SSE2 equ 1 << 26
BASIC equ FPU | TSC | MSR | PAE | CMOV | FXSR | SSE | SSE2
NO_EXECUTE equ 1 << 20
LONG_MODE equ 1 << 29
EXTENDED equ NO_EXECUTE | LONG_MODE

COM1_DATA equ 0x3f8
COM1_STATUS equ 0x3fd
HOLDING_EMPTY equ 0x20
MOST_POLLS equ 100000

section .boot.text progbits alloc exec nowrite align=16
bits 32

; PVH says nothing in eax; give it the magic of its start information.
pvh_entry:
    mov eax, PVH_MAGIC
multiboot_entry:
    cli
    cld
    mov edi, eax                ; the two arguments of kernel_main stay in these registers
    mov esi, ebx

    ; The loader's segments must be flat, but its GDT may lie in memory that is free to reuse.
    lgdt [gdt_pointer]
    ; Compiled code takes for granted what every x86-64 processor has, and the kernel a little more.
    ; ebp holds what was not found. What is asked of a leaf that is not there counts as missing.
    mov ebp, BASIC | EXTENDED
    xor eax, eax
    cpuid
    test eax, eax
    jz refuse
    mov eax, 1
    cpuid
    not edx
    or edx, EXTENDED
    and ebp, edx
    mov eax, 0x80000000
    cpuid
    cmp eax, 0x80000001
    jb refuse
    mov eax, 0x80000001
    cpuid
    not edx
    or edx, BASIC
    and ebp, edx
    jnz refuse

    ; Loaders clear .bss, yet a table with a stray entry is too hard to find to rely on it.
    mov edx, edi
    mov edi, tables
    xor eax, eax
    mov ecx, TABLES * 4096 / 4
    rep stosd
    mov edi, edx

    ; The first 4 GiB in pages of 2 MiB: four page directories that follow one another.
    mov ecx, 4 * 512
    mov ebx, directories
    mov eax, PRESENT_WRITABLE | HUGE_PAGE
fill_directories:
    mov [ebx], eax
    add eax, HUGE_PAGE_SIZE
    add ebx, 8
    loop fill_directories

    ; One entry for each of the four directories.
    mov ecx, 4
    mov ebx, low_pdpt
    mov eax, directories + PRESENT_WRITABLE
fill_pdpt:
    mov [ebx], eax
    add eax, 4096
    add ebx, 8
    loop fill_pdpt

    ; The same memory three times: as itself while this code runs, at the offset where all of
    ; physical memory stays reachable, and its first GiB at -2 GiB for the kernel proper.
    mov dword [pml4], low_pdpt + PRESENT_WRITABLE
    mov dword [PML4_ENTRY(physical_map_offset)], low_pdpt + PRESENT_WRITABLE
    mov dword [PML4_ENTRY(image_offset)], high_pdpt + PRESENT_WRITABLE
    mov dword [PDPT_ENTRY(high_pdpt, image_offset)], directories + PRESENT_WRITABLE

    ; Long mode, in the order that the processor wants: PAE, the root of the tables, the mode
    ; itself, and paging at last. The far jump loads a 64-bit code segment.
    mov eax, cr4
    or eax, CR4_PAE_OSFXSR_OSXMMEXCPT
    mov cr4, eax
    mov eax, pml4
    mov cr3, eax
    mov ecx, MSR_EFER
    rdmsr
    or eax, EFER_LME_NXE
    wrmsr
    mov eax, cr0
    and eax, ~CR0_EM_TS
    or eax, CR0_PE_MP_NE_WP_PG
    mov cr0, eax
    jmp 0x08:long_mode

; Names what the processor lacks, where somebody may be looking, and stops. There is no stack yet, so
; esp is a register like others: it holds what stands in front of the next name. The port has the
; speed that the firmware left it.
refuse:
    mov esp, complaint
    mov edi, features
.search:
    cmp edi, features_end
    je .end
    mov eax, [edi]
    add edi, FEATURE_SIZE
    test ebp, eax
    jz .search
    mov esi, esp
    mov ebx, .name
    jmp say
.name:
    lea esi, [edi - FEATURE_SIZE + 4]
    mov esp, comma
    mov ebx, .search
    jmp say
.end:
    mov esi, line_end
    mov ebx, .stop
    jmp say
.stop:
    hlt
    jmp .stop

; Sends the text at esi and goes on at ebx. A port that never has room is no reason to wait for ever.
say:
    mov ecx, MOST_POLLS
    mov dx, COM1_STATUS
.wait:
    in al, dx
    test al, HOLDING_EMPTY
    loopz .wait
    lodsb
    test al, al
    jz .done
    mov dx, COM1_DATA
    out dx, al
    jmp say
.done:
    jmp ebx

bits 64
long_mode:
    ; Data segments count for little in long mode, but a stale selector could fault later.
    mov ax, 0x10
    mov ds, ax
    mov es, ax
    mov ss, ax
    xor eax, eax
    mov fs, ax
    mov gs, ax
    mov edi, edi                ; the upper halves are undefined after the switch
    mov esi, esi
    ; Only through a register: neither address fits into the 32 bits of a direct operand.
    mov rax, main_stack_top
    mov rsp, [rax]
    xor ebp, ebp                ; the end of every backtrace
    ; As a call would leave the stack: a return address of 0, and rsp 8 below a multiple of 16.
    push rbp
    mov rax, kernel_main
    jmp rax

section .boot.rodata progbits alloc noexec nowrite align=8
; The least that long mode wants: a null entry, code and data. The kernel loads its own later.
gdt:
    dq 0
    dq 0x00af9b000000ffff       ; 0x08: code, 64 bits
    dq 0x00cf93000000ffff       ; 0x10: data
gdt_pointer:
    dw gdt_pointer - gdt - 1
    dd gdt

; What may be missing: the bit, and the name.
FEATURE_SIZE equ 24
%macro feature 2
%%start:
    dd %1
    db %2
    times FEATURE_SIZE - ($ - %%start) db 0
%endmacro
features:
    feature LONG_MODE, "long mode"
    feature NO_EXECUTE, "no-execute pages"
    feature PAE, "PAE"
    feature MSR, "MSR"
    feature TSC, "TSC"
    feature FPU, "x87"
    feature CMOV, "CMOV"
    feature FXSR, "FXSR"
    feature SSE, "SSE"
    feature SSE2, "SSE2"
features_end:
complaint:
    db 13, 10, "heap44: this processor lacks ", 0
comma:
    db ", ", 0
line_end:
    db 13, 10, 0

section .boot.bss nobits alloc noexec write align=4096
tables:
pml4: resb 4096
low_pdpt: resb 4096
high_pdpt: resb 4096
directories: resb 4 * 4096
