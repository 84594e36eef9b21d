# SPDX-License-Identifier: MIT
"""Address-ordered first fit, written as naively as can be: the model that the heap is held to."""

from __future__ import annotations

HEAP_START = 0x4444_4444_0000
HEAP_SIZE = 100 * 1024


def taken(size: int) -> int:
    """What a request takes: at least 16 bytes, in steps of 8."""
    return (max(size, 16) + 7) & ~7


class FirstFit:
    """Holes as a sorted list of (address, size); blocks are the caller's to remember."""

    def __init__(self, start: int = HEAP_START, size: int = HEAP_SIZE) -> None:
        self.holes = [(start, size)]

    def allocate(self, size: int, align: int) -> int | None:
        """The address of a new block, or ``None``; then nothing has changed."""
        needed = taken(size)
        for index, (start, length) in enumerate(self.holes):
            address = place(start, max(align, 8))
            front, back = address - start, start + length - address - needed
            if back < 0 or back == 8:
                continue
            rests = [(start, front), (address + needed, back)]
            self.holes[index : index + 1] = [rest for rest in rests if rest[1]]
            return address
        return None

    def free(self, address: int, size: int) -> None:
        """Gives a block back; neighbouring holes become one."""
        merged: list[tuple[int, int]] = []
        for start, length in sorted([*self.holes, (address, taken(size))]):
            if merged and sum(merged[-1]) == start:
                merged[-1] = (merged[-1][0], merged[-1][1] + length)
            else:
                merged.append((start, length))
        self.holes = merged


def place(start: int, align: int) -> int:
    """Where a block starts in a hole: at once, or behind padding that can be a hole itself."""
    if start % align == 0:
        return start
    return (start + 16 + align - 1) // align * align
