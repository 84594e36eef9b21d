# SPDX-License-Identifier: MIT
"""A heap whose memory is changed from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable

from heap44 import Block, Heap

LISTS = ["linked-list", "indexed"]
WITHOUT_WORDS = ["bump", "buddy"]
DESIGNS = [*LISTS, "fixed-size-block", "tlsf", *WITHOUT_WORDS]


@dataclass
class Subject:
    """A heap, and a hand that writes into its memory without asking it."""

    heap: Heap
    write: Callable[[int, bytes], None]

    def answer(self, command: str) -> dict[str, Any]:
        return self.heap.answer(command)

    def damage(self, command: str) -> list[dict[str, Any]]:
        """The damage that a command which must succeed has met."""
        answer = self.answer(command)
        assert answer["ok"], answer
        return list(answer.get("damage", []))

    def only_damage(self, command: str) -> dict[str, Any]:
        found = self.damage(command)
        assert len(found) == 1, found
        return found[0]

    def problems(self) -> list[str]:
        return [problem["code"] for problem in self.heap.check().problems]


def three_holes(heap: Heap) -> list[Block]:
    blocks = heap.alloc(64, count=6)
    freed = blocks[0::2]
    heap.free(*freed)
    return freed
