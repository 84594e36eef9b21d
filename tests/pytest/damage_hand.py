# SPDX-License-Identifier: MIT
"""A hand that damages a heap, and what is then to be told of it."""

from __future__ import annotations

from typing import Any

from heap44 import Block, Heap

PATTERN = 0xF5


def write(heap: Heap, address: int, data: bytes) -> None:
    heap.poke(address, data, force=True)


def problems(heap: Heap) -> list[tuple[str, int]]:
    found = heap.check().problems
    return [(problem["code"], int(problem["address"], 16)) for problem in found]


def is_told(report: dict[str, Any], code: str, address: int, size: int, block: Block) -> None:
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
