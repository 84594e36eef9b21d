# SPDX-License-Identifier: MIT
"""The ways to set a heap up, as the tests go through them, and what must hold under all of them."""

from __future__ import annotations

import itertools
import random

from first_fit import HEAP_SIZE, HEAP_START
from heap44 import Heap, Machine
from policy_list import FITS, ORDERS
from support import HEAP_END

LIVING = ("linked-list", "indexed", "bump", "fixed-size-block", "buddy", "tlsf")
ALL = (*LIVING, "dummy")
# What a class or a level keeps apart: free memory does not become what it was.
NEVER_WHOLE = ("fixed-size-block",)
POLICIES = tuple(
    f"fit={fit} order={order} coalesce={coalesce}"
    for fit, order, coalesce in itertools.product(FITS, ORDERS, ("on", "off"))
)
# One way to set a heap up each: a design by name, or a policy of the linked list.
SETTINGS = tuple(f"allocator {name}" for name in LIVING) + tuple(f"policy {p}" for p in POLICIES)
# Where a look at all of the heap is what takes time: each value of each option once or more.
FEWER_SETTINGS = SETTINGS[: len(LIVING)] + SETTINGS[len(LIVING) :: 5]


def at(offset: int) -> int:
    return HEAP_START + offset


def holes(heap: Heap) -> list[tuple[int, int]]:
    """The holes in list order: offset in the heap, size."""
    return [(hole.address - HEAP_START, hole.size) for hole in heap.freelist().holes]


def assert_sound(heap: Heap) -> None:
    """The design agrees with the ledger, the cells cover the heap, and the figures add up."""
    check = heap.check()
    assert check.consistent and check.problems == ()
    position = HEAP_START
    for cell in heap.heapmap().cells:
        assert cell.address == position and cell.size > 0
        position += cell.size
    assert position == HEAP_END
    stats, free = heap.stats(), heap.freelist()
    assert stats.size == HEAP_SIZE and stats.used + stats.free == stats.size
    assert stats.free == sum(hole.size for hole in free.holes)
    assert stats.live == len(heap.blocks())


def memory(machine: Machine) -> bytes:
    return machine.read_memory(HEAP_START, HEAP_SIZE)


def history(seed: int, count: int, why: bool = False) -> tuple[list[str], list[tuple[int, int]]]:
    """Commands, and for each allocation's number its size and alignment."""
    source = random.Random(seed)
    commands: list[str] = []
    layouts: list[tuple[int, int]] = []
    live: list[int] = []
    for _ in range(count):
        if live and source.random() < 0.45:
            commands.append(f"free #{live.pop(source.randrange(len(live)))}")
            continue
        layout = (source.choice((1, 24, 40, 56, 200, 700)), source.choice((8, 8, 16, 64, 256)))
        layouts.append(layout)
        live.append(len(layouts))
        request = f"{layout[0]} align={layout[1]}"
        commands += [f"why {request}", f"alloc {request}"] if why else [f"alloc {request}"]
    return commands, layouts


def textbook(heap: Heap, policy: str) -> None:
    """Holes of 104, 504, 200, 304 and 600 bytes, freed in this order, and no other."""
    heap.command(f"policy {policy}")
    for size in (100, 500, 200, 300, 600):
        heap.alloc(size)
        heap.alloc(16)
    heap.alloc(HEAP_SIZE - 0x700)
    assert heap.freelist().free == 0
    for number in (1, 3, 5, 7, 9):
        heap.free(f"#{number}")


def placed(heap: Heap, *sizes: int) -> list[int | None]:
    """Where blocks of these sizes come to lie, as offsets, or ``None``."""
    done = heap.ops(",".join(f"+{size}" for size in sizes))
    return [None if item.block is None else item.block.address - HEAP_START for item in done]
