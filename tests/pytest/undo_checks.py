# SPDX-License-Identifier: MIT
"""The whole heap, by QEMU's look at the memory, and that `undo` and `redo` lead to it exactly."""

from __future__ import annotations

from typing import Any

from address_plan import WINDOW
from first_fit import HEAP_SIZE, HEAP_START
from heap44 import Block, Heap, Machine
from heap44.errors import NothingToUndo
from support import records, told

PAGE = 4096
# What is there before: blocks, freed ones and holes of several sizes, a name, a mark.
SETUP = [
    *("alloc 100 count=12 name=a", "free odd", "alloc 33 align=64 name=vec"),
    *("mark", "zalloc 2000"),
]


def raw(machine: Machine, heap: Heap) -> tuple[bytes, bytes]:
    """The heap's bytes and its records."""
    return machine.read_memory(HEAP_START, HEAP_SIZE), records(machine, heap)


def whole(machine: Machine, heap: Heap) -> tuple[Any, ...]:
    """The heap as it is: its bytes, its records, and what the shell tells of them."""
    answers = told(heap, "blocks", "freelist", "stats", "leaks")
    held, kept = raw(machine, heap)
    for item in answers[0]["blocks"]:
        block = Block.of(item)
        if block.address >= WINDOW:
            page = block.address // PAGE * PAGE
            held += machine.read_memory(page, block.address + block.block_size - page)
    return held, kept, answers


def undone_exactly(machine: Machine, heap: Heap, command: str) -> dict[str, Any]:
    """Runs a command that changes the heap, then goes back, forth and back; its answer."""
    before = whole(machine, heap)
    steps = steps_ever(heap)
    answer = heap.answer(command)
    after = whole(machine, heap)
    assert after != before, f"{command} changed nothing"
    taken = heap.undo()
    assert (taken.steps, taken.last) == (1, command)
    assert taken.remaining + taken.forgotten == steps
    assert whole(machine, heap) == before
    assert heap.redo().last == command
    assert whole(machine, heap) == after
    heap.undo()
    assert whole(machine, heap) == before
    assert heap.check().consistent
    return answer


def steps_ever(heap: Heap) -> int:
    """How many steps there were, also those that a full journal forgot; by going back and forth."""
    try:
        taken = heap.undo()
    except NothingToUndo as error:
        assert "forgotten" not in str(error)
        return 0
    heap.redo()
    return taken.remaining + 1 + taken.forgotten
