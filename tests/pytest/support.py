# SPDX-License-Identifier: MIT
"""What many tests share: the heap's whole state, refusals, raw holes, random work."""

from __future__ import annotations

import dataclasses
import random
import struct
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from address_plan import LEDGER
from first_fit import HEAP_SIZE, HEAP_START
from heap44 import Block, Heap, Heap44Error, Machine
from heap44.model import FreeList, HeapMap, JsonObject, Stats

HEAP_END = HEAP_START + HEAP_SIZE
ROOT = Path(__file__).resolve().parents[2]
COLUMNS = 80
# Behind the records lie notes that looking makes, and room for copies: less than this.
_SCRATCH = 512 << 10


def state(heap: Heap) -> tuple[Any, ...]:
    """All that a refused command must leave as it was; failures are counted, so not that."""
    free, blocks, cells, stats = heap.pipeline(("freelist", "blocks", "heapmap", "stats"))
    live = [Block.of(item) for item in blocks["blocks"]]
    unfailed = dataclasses.replace(Stats.of(stats), failures=0)
    return FreeList.of(free), live, HeapMap.of(cells), unfailed


def refusal(heap: Heap, command: str, code: str) -> Heap44Error:
    """Runs a command that must be refused with ``code`` and must change nothing."""
    before = state(heap)
    with pytest.raises(Heap44Error) as refused:
        heap.command(command)
    assert refused.value.code == code
    assert refused.value.message, "an error has a message"
    assert state(heap) == before
    return refused.value


def is_whole(heap: Heap) -> bool:
    """Whether the heap is one hole again, and says that it is sound."""
    free = heap.freelist()
    return [(hole.address, hole.size) for hole in free.holes] == [
        (free.heap.start, free.heap.size)
    ] and heap.check().consistent


def told_holes(heap: Heap) -> list[tuple[int, int, int]]:
    """The holes as the shell tells them: address, size, next (0 at the end)."""
    return [(hole.address, hole.size, hole.next or 0) for hole in heap.freelist().holes]


def raw_holes(machine: Machine, first: int) -> list[tuple[int, int, int]]:
    """The same, read from the bytes of the heap, from the hole at ``first`` on."""
    memory = machine.read_memory(HEAP_START, HEAP_SIZE)
    holes: list[tuple[int, int, int]] = []
    address = first
    while address and len(holes) <= HEAP_SIZE // 16:
        size, following = struct.unpack_from("<QQ", memory, address - HEAP_START)
        holes.append((address, size, following))
        address = following
    return holes


def records(machine: Machine, heap: Heap) -> bytes:
    """The ledger's records."""
    if machine not in _ledger_ends:
        regions = heap.memmap()
        (_ledger_ends[machine],) = (region.end for region in regions if region.kind == "ledger")
    return machine.read_memory(LEDGER, _ledger_ends[machine] - LEDGER - _SCRATCH)


_ledger_ends = WeakKeyDictionary[Machine, int]()


def told(heap: Heap, *commands: str) -> list[JsonObject]:
    """What the shell answers, without what is of this moment and no part of what the heap is."""
    answers = heap.pipeline(commands)
    for answer in answers:
        del answer["seq"]
        for cell in answer.get("cells", ()):
            del cell["changed"]
    return answers


def too_wide(text: str) -> list[str]:
    """The lines that do not fit a terminal."""
    return [line for line in text.splitlines() if len(line) > COLUMNS]


def random_commands(seed: int, count: int) -> list[str]:
    """Allocations and frees by number; which numbers exist is only guessed, so some are refused."""
    source = random.Random(seed)
    commands, given = [], 0
    for _ in range(count):
        if given == 0 or source.random() < 0.6:
            align = 1 << source.randrange(8)
            commands.append(f"alloc {source.randrange(1, 900)} align={align}")
            given += 1
        else:
            commands.append(f"free #{source.randint(1, given)}")
    return commands
