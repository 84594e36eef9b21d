# SPDX-License-Identifier: MIT
"""Writes by hand: into a live payload freely, elsewhere only with --force."""

from __future__ import annotations

import pytest
from first_fit import HEAP_START
from heap44 import Heap
from support import HEAP_END, refusal, state


def test_poke_writes_exactly_its_bytes(either: Heap) -> None:
    block = either.zalloc(16)
    answer = either.command(f"poke {block.address + 4:#x} 0xDEADbeef")
    assert (answer["address"], answer["size"], answer["warning"]) == (
        f"{block.address + 4:#x}",
        4,
        None,
    )
    assert either.peek(block.address, 16) == bytes(4) + b"\xde\xad\xbe\xef" + bytes(8)


def test_the_last_byte_of_a_payload_may_be_written_and_the_next_may_not(either: Heap) -> None:
    block = either.alloc(60)
    assert either.poke(block.address + 59, b"\xaa") is None
    error = refusal(either, f"poke {block.address + 60:#x} aa", "overflow")
    assert error.address == block.address + 60
    assert error.answer["error"]["block"]["id"] == block.id
    assert either.peek(block.address + 59, 2)[:1] == b"\xaa"


def test_a_write_that_begins_inside_and_ends_outside_is_an_overflow(either: Heap) -> None:
    block, neighbour = either.alloc(64), either.alloc(64)
    before = either.peek(block.address, 128)
    error = refusal(either, f"poke {block.address + 63:#x} 0102", "overflow")
    assert error.address == neighbour.address
    assert error.answer["error"]["block"]["id"] == block.id
    assert either.peek(block.address, 128) == before


@pytest.mark.parametrize(
    "distance, code", [(0, "overflow"), (15, "overflow"), (16, "use-after-free")]
)
def test_free_memory_behind_a_block(either: Heap, distance: int, code: str) -> None:
    block = either.alloc(64)
    refusal(either, f"poke {block.end + distance:#x} 00", code)


def test_free_memory_in_front_of_a_block(either: Heap) -> None:
    either.alloc(32)
    block = either.alloc(64, align=4096)
    for distance, code in ((1, "underflow"), (16, "underflow"), (17, "use-after-free")):
        error = refusal(either, f"poke {block.address - distance:#x} 00", code)
        if code == "underflow":
            assert error.answer["error"]["block"]["id"] == block.id


@pytest.mark.expects("overflow")
def test_a_refusal_tells_where_the_bytes_lie(either: Heap) -> None:
    block = either.alloc(60, name="vec")
    error = either.answer(f"poke {block.address + 58:#x} 01020304")["error"]
    assert (error["block"]["id"], error["offset"]) == (1, 60)
    assert 'write of 4 bytes' in error["message"]
    assert 'reaching 2 bytes past #1 "vec" (60 bytes at 0x' in error["message"]
    error = either.answer(f"poke {block.address + 62:#x} 01")["error"]
    assert (error["code"], error["offset"]) == ("overflow", 62)
    assert '2 bytes past #1 "vec"' in error["message"]


def test_a_write_across_padding_into_the_next_block_is_judged_by_its_first_byte(
    either: Heap,
) -> None:
    first, _ = either.alloc(60), either.alloc(64)
    error = refusal(either, f"poke {first.address + 62:#x} 01020304", "overflow")
    assert error.address == first.address + 62
    assert error.answer["error"]["block"]["id"] == first.id


def test_freed_memory_is_named_after_its_block(either: Heap) -> None:
    block = either.alloc(64)
    either.alloc(64)
    either.free(block)
    error = refusal(either, f"poke {block.address + 20:#x} 00", "use-after-free")
    assert error.answer["error"]["block"]["id"] == block.id
    assert error.answer["error"]["block"]["state"] == "freed"
    assert "byte 20" in str(error)


def test_force_writes_and_warns(either: Heap) -> None:
    block = either.alloc(60)
    warning = either.poke(block.address + 60, b"\x5a", force=True)
    assert warning is not None and warning.startswith("overflow")
    assert either.peek(block.address + 60, 1) == b"\x5a"


def test_force_on_a_live_payload_needs_no_warning(either: Heap) -> None:
    block = either.alloc(60)
    assert either.poke(block.address, b"\x01", force=True) is None


@pytest.mark.parametrize("bytes_", ["0", "abc", "0x", "xyz", "12_34"])
def test_bytes_that_are_none_are_refused(either: Heap, bytes_: str) -> None:
    either.alloc(16)
    refusal(either, f"poke {HEAP_START:#x} {bytes_}", "bad-argument")


def test_memory_that_is_not_there_cannot_be_written(either: Heap) -> None:
    for address in (0, 0x1000, HEAP_END, 0xDEAD_0000_0000_0000):
        refusal(either, f"poke {address:#x} 00 --force", "unmapped")


def test_a_forced_write_over_the_heap_s_end_writes_nothing(either: Heap) -> None:
    before = either.peek(HEAP_END - 1, 1)
    refusal(either, f"poke {HEAP_END - 1:#x} 7777 --force", "unmapped")
    assert either.peek(HEAP_END - 1, 1) == before


def test_read_only_memory_is_refused_and_stays(heap: Heap) -> None:
    text = next(region for region in heap.memmap() if region.kind == "kernel text")
    before = heap.peek(text.start, 16)
    error = refusal(heap, f"poke {text.start:#x} 90 --force", "bad-argument")
    assert "read-only" in str(error)
    assert heap.peek(text.start, 16) == before


def test_writable_memory_outside_the_heap_needs_force(heap: Heap) -> None:
    stack = next(region for region in heap.memmap() if region.kind == "machine check stack")
    refusal(heap, f"poke {stack.start:#x} 11", "bad-argument")
    assert heap.poke(stack.start, b"\x11", force=True) is not None
    assert heap.peek(stack.start, 1) == b"\x11"


def test_fill_fills_the_payload_and_nothing_else(either: Heap) -> None:
    either.zalloc(64)
    block = either.zalloc(60, name="vec")
    either.zalloc(64)
    padding = either.peek(block.address + 60, 4)
    answer = either.command("fill vec a5")
    assert (answer["address"], answer["size"]) == (f"{block.address:#x}", 60)
    assert answer["warning"] is None
    assert either.peek(block.address - 64, 64) == bytes(64)
    assert either.peek(block.address, 60) == b"\xa5" * 60
    assert either.peek(block.address + 60, 4) == padding
    assert either.peek(block.address + 64, 64) == bytes(64)


def test_fill_refuses_a_freed_block(either: Heap) -> None:
    block = either.alloc(64, name="gone")
    either.free(block)
    for word in ("gone", f"#{block.id}", f"{block.address:#x}"):
        refusal(either, f"fill {word} 00", "use-after-free")


def test_fill_of_a_freed_block_can_be_forced(either: Heap) -> None:
    block = either.alloc(64)
    either.alloc(64)
    either.free(block)
    answer = either.command(f"fill #{block.id} 41 --force")
    assert answer["warning"].startswith("use-after-free")
    assert either.peek(block.address + 16, 48) == b"A" * 48


@pytest.mark.parametrize("byte", ["", "0", "256", "0x1ff", "zz", "0102"])
def test_fill_takes_one_byte(either: Heap, byte: str) -> None:
    either.alloc(16)
    refusal(either, f"fill #1 {byte}", "bad-argument")


@pytest.mark.expects("overflow")
def test_refused_writes_leave_the_state(either: Heap) -> None:
    block = either.alloc(60)
    before = state(either)
    either.answer(f"poke {block.address + 60:#x} 00")
    either.answer("fill #9 00")
    assert state(either) == before
