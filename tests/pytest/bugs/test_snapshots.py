# SPDX-License-Identifier: MIT
"""Snapshots, and what is different from one, judged by QEMU's look at the memory."""

from __future__ import annotations

from first_fit import HEAP_SIZE, HEAP_START
from heap44 import Heap, Machine
from support import state
from undo_checks import SETUP, whole


def test_a_snapshot_outlives_everything(machine: Machine, heap: Heap) -> None:
    heap.pipeline(SETUP)
    before = whole(machine, heap)
    assert heap.snapshot("start").live == len(heap.blocks())
    heap.undo(2)
    heap.pipeline(["alloc 9", "reset", "allocator tlsf", "alloc 5 count=5"])
    after = whole(machine, heap)
    assert heap.restore("start").live == len(before[2][0]["blocks"])
    assert whole(machine, heap) == before
    assert heap.undo().last == "restore start"
    assert whole(machine, heap) == after
    heap.redo()
    assert whole(machine, heap) == before
    heap.restore("start")
    assert heap.undo().last == "restore start", "a restore that changes nothing is no step"
    assert whole(machine, heap) == after


def test_diff_tells_blocks_holes_and_bytes(machine: Machine, heap: Heap) -> None:
    first, second, _ = heap.alloc(64, count=3)
    heap.snapshot("start")
    before = machine.read_memory(HEAP_START, HEAP_SIZE)
    heap.free(second)
    diff = heap.diff()
    assert ([block.id for block in diff.removed], diff.added) == ([2], ())
    assert diff.removed[0].state == "live"
    assert [(hole.address, hole.size) for hole in diff.holes_added] == [(second.address, 64)]
    assert diff.holes_removed == ()
    moved = heap.realloc(first, 500)
    new = heap.alloc(40, name="new")
    now = machine.read_memory(HEAP_START, HEAP_SIZE)
    diff = heap.diff("start")
    assert diff.bytes_changed == sum(a != b for a, b in zip(before, now))
    assert [block.id for block in diff.removed] == [first.id, second.id]
    assert {(block.id, block.name) for block in diff.added} == {(moved.id, None), (new.id, "new")}
    old_end = first.address + 3 * 64
    assert [hole.address for hole in diff.holes_removed] == [old_end]
    assert [(hole.address, hole.size) for hole in diff.holes_added] == [
        (hole.address, hole.size) for hole in heap.freelist().holes
    ]
    assert machine.read_memory(HEAP_START, HEAP_SIZE) == now, "a diff only looks"
    assert state(heap)[1] == heap.blocks()


def test_diff_shows_blocks_as_other_commands_do(heap: Heap) -> None:
    heap.pipeline(["alloc 20", "alloc 1 name=box", "alloc 10 name=vec"])
    heap.snapshot("start")
    heap.pipeline(["free #1", "free box", "realloc vec 12"])
    assert heap.text("diff start").splitlines()[:4] == [
        "- block 0x444444440000        20 bytes  #1",
        "- block 0x444444440018         1 byte   #2 box",
        "- block 0x444444440028        10 bytes  #3 vec",
        "+ block 0x444444440028        12 bytes  #3 vec",
    ]


def test_diff_after_a_reset_knows_equal_numbers_apart(heap: Heap) -> None:
    heap.alloc(64)
    heap.snapshot("start")
    heap.reset()
    heap.alloc(64)
    diff = heap.diff("start")
    assert [block.id for block in diff.added] == [block.id for block in diff.removed] == [1]
    heap.restore("start")
    diff = heap.diff("start")
    assert (diff.added, diff.removed, diff.holes_added, diff.holes_removed) == ((), (), (), ())
    assert diff.bytes_changed == 0
