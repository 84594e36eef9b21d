# SPDX-License-Identifier: MIT
"""For each class of damage, under every design: what must be named exactly, and beside it what is
right, or another class, by one byte. What is not declared here must not be reported."""

from __future__ import annotations

import pytest
from heap44 import Heap
from heap44.errors import OutOfMemory
from heap_damage import (
    DESIGNS,
    PATTERN,
    WITHOUT_WORDS,
    expect_report,
    freed_hole,
    only_report,
    problems,
    write,
)
from one_hole import is_fragmented
from support import HEAP_END


@pytest.fixture(params=DESIGNS)
def heap_of(request: pytest.FixtureRequest, heap: Heap) -> Heap:
    heap.use(request.param)
    return heap


# --- overflow and underflow ---


@pytest.mark.expects("overflow")
def test_the_first_padding_byte_is_an_overflow_and_the_last_payload_byte_is_not(
    heap_of: Heap,
) -> None:
    block = heap_of.alloc(13)
    heap_of.alloc(16)
    write(heap_of, block.address + 12, b"\x01")
    assert problems(heap_of) == []
    write(heap_of, block.address + 13, b"\x01")
    assert problems(heap_of) == [("overflow", block.address + 13)]
    report = only_report(heap_of, f"free #{block.id}")
    expect_report(report, "overflow", block.address + 13, 1, block)


@pytest.mark.expects("overflow")
def test_all_padding_is_one_overflow_up_to_the_neighbour(heap_of: Heap) -> None:
    block, above = heap_of.alloc(9), heap_of.alloc(16)
    assert block.end == above.address
    write(heap_of, block.address + 9, b"\x02" * (block.block_size - 9))
    write(heap_of, above.address, b"\x02")
    report = only_report(heap_of, f"free #{block.id}")
    expect_report(report, "overflow", block.address + 9, block.block_size - 9, block)


@pytest.mark.expects("underflow")
def test_the_byte_in_front_is_an_underflow_and_the_first_byte_is_not(heap_of: Heap) -> None:
    below, block = heap_of.alloc(9), heap_of.alloc(16)
    write(heap_of, block.address, b"\x03")
    assert problems(heap_of) == []
    write(heap_of, block.address - 1, b"\x03")
    assert problems(heap_of) == [("underflow", block.address - 1)]
    report = only_report(heap_of, f"free #{block.id}")
    expect_report(report, "underflow", block.address - 1, 1, block)
    assert below.end == block.address


@pytest.mark.expects("overflow")
def test_a_byte_short_of_the_next_block_is_still_an_overflow(heap_of: Heap) -> None:
    below, block = heap_of.alloc(9), heap_of.alloc(16)
    write(heap_of, block.address - 2, b"\x03")
    assert problems(heap_of) == [("overflow", block.address - 2)]
    report = only_report(heap_of, f"free #{block.id}")
    expect_report(report, "overflow", block.address - 2, 1, below)


def test_a_neighbours_payload_is_the_neighbours_business(heap_of: Heap) -> None:
    first, second = heap_of.alloc(16), heap_of.alloc(16)
    write(heap_of, second.address, b"\x04" * 16)
    assert problems(heap_of) == []
    answer = heap_of.command(f"free #{first.id} #{second.id}")
    assert "damage" not in answer


def test_padding_becomes_payload_when_a_block_grows(heap_of: Heap) -> None:
    block = heap_of.alloc(9)
    heap_of.alloc(16)
    grown = heap_of.realloc(block, 16)
    write(heap_of, grown.address + 15, b"\x05")
    assert problems(heap_of) == []
    assert "damage" not in heap_of.command(f"free #{grown.id}")


@pytest.mark.expects("overflow")
def test_payload_becomes_padding_when_a_block_shrinks(heap_of: Heap) -> None:
    block = heap_of.alloc(16)
    heap_of.alloc(16)
    shrunk = heap_of.realloc(block, 9)
    assert shrunk.address == block.address
    write(heap_of, block.address + 9, b"\x05")
    report = only_report(heap_of, f"free #{block.id}")
    expect_report(report, "overflow", block.address + 9, 1, shrunk)


# --- write after free ---


@pytest.mark.expects("use-after-free")
@pytest.mark.parametrize(("offset", "size"), [(16, 1), (100, 3), (130, 60)])
def test_changed_bytes_of_a_freed_block_are_told_from_first_to_last(
    heap_of: Heap, offset: int, size: int
) -> None:
    block = freed_hole(heap_of)
    write(heap_of, block.address + offset, b"\x06" * size)
    assert problems(heap_of) == [("use-after-free", block.address + offset)]
    assert heap_of.repair().problems == 1
    write(heap_of, block.address + offset, b"\x06" * size)
    if heap_of.why(256).chosen != block.address:
        return  # bump gives no memory again before all is free
    report = only_report(heap_of, "alloc 256")
    expect_report(report, "use-after-free", block.address + offset, size, block)
    assert report["freed_by"].startswith("free (") and report["freed_in"] > report["allocated_in"]


def test_the_pattern_written_again_and_payload_given_again_are_right(heap_of: Heap) -> None:
    block = freed_hole(heap_of)
    write(heap_of, block.address + 100, bytes([PATTERN]) * 9)
    assert problems(heap_of) == []
    again = heap_of.alloc(256)
    write(heap_of, again.address + 100, b"\x06")
    assert problems(heap_of) == []
    assert "damage" not in heap_of.command("free all")


@pytest.mark.expects("use-after-free")
def test_two_places_far_apart_are_two_and_close_together_one(heap_of: Heap) -> None:
    block = freed_hole(heap_of)
    write(heap_of, block.address + 40, b"\x07")
    write(heap_of, block.address + 60, b"\x07")
    assert problems(heap_of) == [("use-after-free", block.address + 40)]
    write(heap_of, block.address + 120, b"\x07")
    places = [block.address + 40, block.address + 120]
    assert problems(heap_of) == [("use-after-free", place) for place in places]


@pytest.mark.expects("use-after-free", "overflow")
@pytest.mark.parametrize("design", WITHOUT_WORDS)
def test_right_behind_a_block_it_is_the_freed_blocks_if_that_began_there(
    heap: Heap, design: str
) -> None:
    """Order of checks: the freed block that starts with the byte, then the one that ends there."""
    heap.use(design)
    below, block, _ = heap.alloc(16), heap.alloc(16), heap.alloc(16)
    heap.free(block)
    write(heap, block.address, b"\x08")
    assert problems(heap) == [("use-after-free", block.address)]
    heap.reset()
    below = heap.alloc(16)
    write(heap, below.end, b"\x08")
    assert problems(heap) == [("overflow", below.end)], "no block was ever there"


# --- memory that runs out, blocks that stay ---


def test_what_just_fits_is_given_and_a_byte_more_is_out_of_memory(heap_of: Heap) -> None:
    heap_of.alloc(1000, count=10)
    heap_of.free_odd()
    free = heap_of.freelist()
    with pytest.raises(OutOfMemory) as refused:
        heap_of.alloc(free.largest + 1)
    details = refused.value.details
    assert details["asked"] == free.largest + 1
    assert (details["largest"], details["free"]) == (free.largest, free.free)
    design = heap_of.stats().allocator
    assert details["fragmented"] == is_fragmented(design, free, free.largest + 1)
    is_buddy = design == "buddy"
    fits = 1 << free.largest.bit_length() - 1 if is_buddy else free.largest
    assert heap_of.alloc(fits).size == fits


def test_a_leak_is_what_is_left_since_the_mark_and_nothing_else(heap_of: Heap) -> None:
    heap_of.alloc(40, name="older")
    heap_of.mark()
    heap_of.alloc(40, name="freed")
    left = heap_of.alloc(41, name="left")
    heap_of.free("freed")
    heap_of.command("vectest 20")
    assert [(block.id, block.size) for block in heap_of.leaks()] == [(left.id, 41)]
    heap_of.free("left")
    assert heap_of.leaks() == []


@pytest.mark.parametrize("command", ["vectest 50", "rctest", "maptest", "strtest", "showcase"])
def test_code_that_gives_all_back_leaks_nothing(heap_of: Heap, command: str) -> None:
    heap_of.mark()
    assert heap_of.command(command)["leaked"] == []
    assert heap_of.leaks() == []


def test_the_clock_may_interrupt_an_allocation(heap_of: Heap) -> None:
    """Handlers that allocate nothing meet no lock: thousands of allocations, many ticks."""
    since = heap_of.uptime()
    answer = heap_of.command("manyboxes 20000")
    assert answer["passed"] and "report" not in answer
    assert heap_of.uptime() > since


# --- the edges of memory ---


def test_the_heaps_last_byte_is_there_and_the_next_is_not(heap_of: Heap) -> None:
    assert len(heap_of.peek(HEAP_END - 1, 1)) == 1
    report = heap_of.fault("guard")
    assert (report.code, report.address) == ("page-fault", HEAP_END)
    assert "guard page behind the heap" in report.message
    assert problems(heap_of) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("null", "page zero"),
        ("guard", "guard page behind the heap"),
        ("stack", "guard page under the"),
        ("read-only", "kernel"),
        ("wild", "canonical"),
    ],
)
def test_a_fault_places_its_address(heap_of: Heap, name: str, words: str) -> None:
    report = heap_of.fault(name)
    assert words in report.message
    assert heap_of.check().consistent
