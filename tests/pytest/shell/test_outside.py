# SPDX-License-Identifier: MIT
"""The shell's word against the machine's memory, read by QEMU behind the kernel's back."""

from __future__ import annotations

import random

import pytest
from address_plan import LEDGER
from first_fit import HEAP_SIZE, HEAP_START
from heap44 import Heap, Machine
from support import HEAP_END, raw_holes, random_commands, told_holes


def _agree(machine: Machine, heap: Heap) -> None:
    told = told_holes(heap)
    assert told, "there is a hole to look at"
    assert raw_holes(machine, told[0][0]) == told


def test_the_memory_seen_here_is_what_qemu_says(machine: Machine, heap: Heap) -> None:
    heap.alloc(5000)
    heap.command(f"fill #1 {random.randrange(1, 256):02x}")
    for address, size in ((HEAP_START, HEAP_SIZE), (LEDGER, 100_001), (HEAP_START + 4095, 2)):
        assert machine.read_memory(address, size) == machine.qmp.virtual_memory(address, size)
    machine.write_memory(HEAP_START + 4000, bytes(range(200)))
    assert machine.qmp.virtual_memory(HEAP_START + 4000, 200) == bytes(range(200))
    assert heap.peek(HEAP_START + 4000, 200) == bytes(range(200))


def test_there_is_no_memory_where_nothing_is_mapped(machine: Machine) -> None:
    for address in (0, HEAP_START - 1, HEAP_END):
        with pytest.raises(ValueError, match=f"{address:#x} is not mapped"):
            machine.read_memory(address, 1)
    with pytest.raises(ValueError, match="not mapped"):
        machine.write_memory(HEAP_END - 4, bytes(8))
    assert machine.read_memory(HEAP_END - 4, 4) == machine.qmp.virtual_memory(HEAP_END - 4, 4)
    with pytest.raises(ValueError, match="no such memory"):
        machine.ram.read((64 << 20) - 4, 8)


def test_a_fresh_heap_is_one_hole_in_memory(machine: Machine, heap: Heap) -> None:
    assert told_holes(heap) == [(HEAP_START, HEAP_SIZE, 0)]
    assert raw_holes(machine, HEAP_START) == [(HEAP_START, HEAP_SIZE, 0)]


def test_a_hole_between_blocks_holds_its_size_and_the_next(machine: Machine, heap: Heap) -> None:
    first, second, _ = heap.alloc(64, count=3)
    heap.free(second)
    holes = raw_holes(machine, second.address)
    assert holes[0] == (first.end, 64, second.end + 64)
    assert holes[1][2] == 0
    _agree(machine, heap)


@pytest.mark.expects("double-free")
@pytest.mark.parametrize("seed", range(6))
def test_the_free_list_is_what_the_bytes_say_after_random_work(
    machine: Machine, heap: Heap, seed: int
) -> None:
    heap.pipeline(random_commands(seed, 60))
    _agree(machine, heap)
    assert heap.check().consistent


@pytest.mark.parametrize("command", ["vectest", "maptest", "listtest", "strtest", "manyboxes 50"])
def test_the_free_list_is_what_the_bytes_say_after_containers(
    machine: Machine, heap: Heap, command: str
) -> None:
    heap.pipeline(["alloc 40 count=8", "free odd", command])
    assert len(told_holes(heap)) > 2
    _agree(machine, heap)


@pytest.mark.expects("out-of-memory")
def test_a_stopped_container_leaves_a_sound_free_list(machine: Machine, heap: Heap) -> None:
    assert not heap.answer("vectest 1000000")["ok"]
    _agree(machine, heap)


@pytest.mark.expects("double-free")
def test_looking_changes_no_byte_of_the_heap(machine: Machine, heap: Heap) -> None:
    heap.pipeline(random_commands(7, 40))
    before = machine.read_memory(HEAP_START, HEAP_SIZE)
    looks = "freelist,heapmap,blocks,stats,check,mark,leaks,block #1,memmap,frames,help,history"
    heap.pipeline([*looks.split(","), f"peek {HEAP_START:#x} 64", f"walk {HEAP_START:#x}"])
    assert machine.read_memory(HEAP_START, HEAP_SIZE) == before


@pytest.mark.expects("foreign-free")
@pytest.mark.parametrize(
    "command", ["alloc 102401", "free #99", "free 0x1000", "realloc #1 999999", "alloc 1 align=3"]
)
def test_a_refused_command_changes_no_byte_of_the_heap(
    machine: Machine, heap: Heap, command: str
) -> None:
    heap.pipeline(["alloc 64 count=3", "free #2"])
    before = machine.read_memory(HEAP_START, HEAP_SIZE)
    assert not heap.answer(command)["ok"]
    assert machine.read_memory(HEAP_START, HEAP_SIZE) == before


def test_peek_tells_the_bytes_that_are_there(machine: Machine, heap: Heap) -> None:
    heap.pipeline(["strtest", "vectest", "alloc 8"])
    for address, length in [(HEAP_START, 64), (HEAP_START + 0x7F1, 33), (HEAP_END - 1, 1)]:
        assert heap.peek(address, length) == machine.read_memory(address, length)


def test_zalloc_clears_what_others_left_behind(machine: Machine, heap: Heap) -> None:
    heap.vectest(4000)
    assert any(machine.read_memory(HEAP_START, 20_000)), "there is something to clear"
    block = heap.zalloc(20_000)
    assert machine.read_memory(block.address, 20_000) == bytes(20_000)


def test_realloc_keeps_the_bytes_where_the_block_goes(machine: Machine, heap: Heap) -> None:
    heap.vectest(4000)
    block, _ = heap.alloc(512), heap.alloc(16)
    before = machine.read_memory(block.address, 512)
    assert any(before), "there is something to keep"
    moved = heap.realloc(block, 4096)
    assert moved.address != block.address, "its neighbour is in the way"
    assert machine.read_memory(moved.address, 512) == before


def test_random_reallocations_keep_the_free_list_sound(machine: Machine, heap: Heap) -> None:
    source = random.Random(44)
    heap.alloc(100, count=20)
    heap.pipeline(
        f"realloc #{source.randint(1, 20)} {source.randint(0, 3000)}" for _ in range(60)
    )
    _agree(machine, heap)
    assert heap.check().consistent
