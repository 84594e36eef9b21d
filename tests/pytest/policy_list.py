# SPDX-License-Identifier: MIT
"""The linked list under any policy, written as naively as can be: a model for tests."""

from __future__ import annotations

from dataclasses import dataclass, field

from first_fit import HEAP_SIZE, HEAP_START, place, taken

FITS = ("first", "next", "best", "worst")
ORDERS = ("address", "size", "recent")

Range = tuple[int, int]
"""A hole: its address, and its size in bytes."""


@dataclass
class PolicyList:
    """Holes as a list of (address, size) in list order; blocks are the caller's to remember."""

    fit: str
    order: str
    coalesce: bool
    holes: list[Range] = field(default_factory=lambda: [(HEAP_START, HEAP_SIZE)])
    rover: int | None = None

    def allocate(self, size: int, align: int) -> int | None:
        """The address of a new block, or ``None``; then nothing has changed."""
        needed = taken(size)
        chosen = self._choose(needed, align)
        if chosen is None:
            return None
        index = self.holes.index(chosen)
        following = self.holes[index + 1][0] if index + 1 < len(self.holes) else None
        del self.holes[index]
        start, length = chosen
        address = place(start, max(align, 8))
        ends = [(start, address - start), (address + needed, start + length - address - needed)]
        rests = [rest for rest in ends if rest[1]]
        if self.order == "size":
            for rest in rests:
                self._insert(rest)
        else:
            self.holes[index:index] = rests
        self.rover = rests[0][0] if rests else following
        return address

    def free(self, address: int, size: int) -> None:
        """Gives a block back; under ``coalesce`` with the holes that it touches."""
        start, end = address, address + taken(size)
        for hole in list(self.holes) if self.coalesce else []:
            if sum(hole) == address or hole[0] == address + taken(size):
                start, end = min(start, hole[0]), max(end, sum(hole))
                self.holes.remove(hole)
        if self.rover is not None and start <= self.rover < end:
            self.rover = start
        self._insert((start, end - start))

    def _choose(self, needed: int, align: int) -> Range | None:
        fitting = [hole for hole in self.holes if _fits(hole, needed, align)]
        if not fitting:
            return None
        if self.fit == "best":
            return min(fitting, key=lambda hole: hole[1])
        if self.fit == "worst":
            return max(fitting, key=lambda hole: hole[1])
        if self.fit == "next" and self.rover is not None:
            starts = [hole[0] for hole in self.holes].index(self.rover)
            turned = self.holes[starts:] + self.holes[:starts]
            return next(hole for hole in turned if hole in fitting)
        return fitting[0]

    def _insert(self, new: Range) -> None:
        index = 0
        if self.order == "address":
            index = sum(hole < new for hole in self.holes)
        elif self.order == "size":
            index = sum(hole[1] <= new[1] for hole in self.holes)
        self.holes.insert(index, new)


def _fits(hole: Range, needed: int, align: int) -> bool:
    rest = sum(hole) - place(hole[0], max(align, 8)) - needed
    return rest >= 0 and rest != 8
