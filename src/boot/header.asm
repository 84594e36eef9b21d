; SPDX-License-Identifier: MIT
; What tells boot loaders how to start this kernel: the Multiboot2 header and the PVH note. GRUB
; looks for the first in the file's first 32 KiB, QEMU reads the second from the ELF notes.

extern multiboot_entry
extern pvh_entry

MULTIBOOT2_MAGIC equ 0xe85250d6
ARCHITECTURE_I386 equ 0

section .boot.header progbits alloc noexec nowrite align=8
header:
    dd MULTIBOOT2_MAGIC
    dd ARCHITECTURE_I386
    dd header_end - header
    ; The checksum: the four fields add up to 0.
    dd 0x100000000 - (MULTIBOOT2_MAGIC + ARCHITECTURE_I386 + (header_end - header))
    ; Information request, optional: command line, loader name, memory map, both RSDP copies.
    align 8, db 0
request:
    dw 1, 1
    dd request_end - request
    dd 1, 2, 6, 14, 15
request_end:
    align 8, db 0
    ; The tag that ends the list.
    dw 0, 0
    dd 8
header_end:

; An ELF note: QEMU's -kernel looks for type 18 of owner "Xen" to find the 32-bit entry.
section .note.pvh note alloc noexec nowrite align=4
    ; The sizes of name and value, the type, the name, and the value: where to begin.
    dd 4
    dd 4
    dd 18
    db "Xen", 0
    dd pvh_entry
