# SPDX-License-Identifier: MIT
"""Damages a heap, by `poke` or from outside, and asserts what is then reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable

from heap44 import Block, Heap

PATTERN = 0xF5
LISTS = ["linked-list", "indexed"]
WITHOUT_WORDS = ["bump", "buddy"]
DESIGNS = [*LISTS, "fixed-size-block", "tlsf", *WITHOUT_WORDS]


def write(heap: Heap, address: int, data: bytes) -> None:
    heap.poke(address, data, force=True)


def problems(heap: Heap) -> list[tuple[str, int]]:
    found = heap.check().problems
    return [(problem["code"], int(problem["address"], 16)) for problem in found]


def expect_report(report: dict[str, Any], code: str, address: int, size: int, block: Block) -> None:
    told = report["block"]
    assert (report["code"], int(report["address"], 16), report["size"]) == (code, address, size)
    assert (told["id"], report["offset"]) == (block.id, address - block.address)


def only_report(heap: Heap, command: str) -> dict[str, Any]:
    (report,) = heap.command(command)["damage"]
    assert heap.check().consistent
    return dict(report)


def freed_hole(heap: Heap) -> Block:
    """A freed block of 256 bytes between live ones."""
    heap.alloc(16)
    block = heap.alloc(256)
    heap.alloc(16)
    heap.free(block)
    return block


@dataclass
class Subject:
    """A heap, and a way to write into its memory that it does not notice."""

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
