# SPDX-License-Identifier: MIT
"""What would fit if all that is free were one hole, by the rules of ``docs/designs.md``."""

from __future__ import annotations

from heap44 import FreeList

PAGE = 4096
CLASSES = (8, 16, 32, 64, 128, 256, 512, 1024, 2048)


def taken(design: str, size: int) -> int:
    """The bytes of a hole that a block takes, aligned to 8."""
    listed = max(16, -(-size // 8) * 8)
    if design == "fixed-size-block":
        return next((max(16, each) for each in CLASSES if each >= max(size, 8)), listed)
    if design == "buddy":
        return 1 << max(4, (size - 1).bit_length())
    if design == "tlsf":
        return max(16, -(-size // 16) * 16)
    if design == "guard-page":
        return (-(-size // PAGE) + 1) * PAGE
    return listed


def is_fragmented(design: str, free: FreeList, size: int, count: int = 1) -> bool:
    """Whether a request that failed would not have, were all that is free one hole."""
    rest = free.free - count * taken(design, size)
    has_list = design in ("linked-list", "indexed", "fixed-size-block")
    return free.largest < free.free and rest >= 0 and not (has_list and rest == 8)
