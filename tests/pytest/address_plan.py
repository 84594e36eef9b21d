# SPDX-License-Identifier: MIT
"""Which addresses are whose: what src/lib/address_plan.hpp says, as the tests know it."""

from __future__ import annotations

from first_fit import HEAP_START

LEDGER = 0x4450_0000_0000
WINDOW = 0x4460_0000_0000
WINDOW_SIZE = 64 << 20
JOURNAL = 0x4470_0000_0000
PHYSICAL_MAP = 0xFFFF_8000_0000_0000
KERNEL = 0xFFFF_FFFF_8000_0000

PLAN = {
    "heap_start": HEAP_START,
    "records_start": LEDGER,
    "guard_window_start": WINDOW,
    "journal_start": JOURNAL,
    "physical_map_offset": PHYSICAL_MAP,
    "image_offset": KERNEL,
}
