; SPDX-License-Identifier: MIT
; The names and lines of the kernel's functions, as tools/embed_symbols.py wrote them. SYMBOL_TABLE is the
; file; the first of two links uses an empty one, because names are known only after a link.

section .symbols progbits alloc noexec nowrite align=16
global symbol_table
global symbol_table_end
symbol_table:
    incbin SYMBOL_TABLE
symbol_table_end:
