# SPDX-License-Identifier: MIT
"""Why there was no memory: whether pieces are the cause, or a rule of the design, or addresses."""

from __future__ import annotations

import re
from typing import Callable

import pytest
from first_fit import HEAP_SIZE
from heap44 import Heap, Machine
from one_hole import is_fragmented
from settings import LIVING

Boot = Callable[..., Machine]


def test_blocks_of_another_class_are_no_use(either: Heap) -> None:
    either.use("fixed-size-block")
    either.alloc(128, count=HEAP_SIZE // 128)
    either.free_all()
    error = either.answer("alloc 64")["error"]
    assert (error["asked"], error["largest"], error["free"]) == (64, 128, HEAP_SIZE)
    assert (error["reason"], error["fragmented"]) == ("design", True)
    assert error["message"] == (
        "no hole fits 64 bytes (align 8); the largest hole has 128 bytes (kept for blocks of its "
        "own class), 102400 are free in all: that would do, in one piece; fragmentation is the "
        "cause"
    )


@pytest.mark.parametrize("design", ["linked-list", "indexed"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_rest_of_8_bytes_cannot_be_a_hole(either: Heap, design: str, count: int) -> None:
    either.use(design)
    for number in range(count):
        either.alloc(24, name=f"small{number}")
        either.alloc(16)
    either.alloc(HEAP_SIZE - count * 40)
    for number in range(count):
        either.free(f"small{number}")
    error = either.answer("alloc 16")["error"]
    assert (error["largest"], error["free"]) == (24, count * 24)
    assert (error["reason"], error["fragmented"]) == ("design", count > 1)
    said = "the largest hole has 24 bytes (8 bytes would be left, too few for a hole), "
    assert said in error["message"]
    assert ("fragmentation is the cause" in error["message"]) == (count > 1)


@pytest.mark.parametrize("design", [*LIVING, "guard-page"])
def test_fragmentation_is_what_one_hole_would_have_healed(host: Heap, design: str) -> None:
    host.use(design)
    host.alloc(200, count=100)
    host.free_odd()
    free = host.freelist()
    for size, count in [
        (free.largest + 1, 1),
        (free.free, 1),
        (free.free - 8, 1),
        (free.free + 1, 1),
        (free.largest // 2 + 9, 3),
        (free.free // 3 - 40, 3),
        (1 << 40, 1),
    ]:
        answer = host.answer(f"alloc {size} count={count}")
        if answer["ok"]:
            host.command("undo")
            continue
        expected = is_fragmented(design, free, size, count)
        assert answer["error"]["fragmented"] == expected, (size, count)
        assert ("fragmentation is the cause" in answer["error"]["message"]) == expected


# --- alignments that the heap has not ---


@pytest.mark.parametrize("design", [*LIVING, "dummy"])
@pytest.mark.parametrize("align", [1 << 20, 1 << 40, 1 << 63])
def test_an_alignment_without_an_address_is_the_reason(
    host: Heap, design: str, align: int
) -> None:
    host.use(design)
    told = f"no hole fits 64 bytes (align {align}): no address in the heap is a multiple of {align}"
    error = host.answer(f"alloc 64 align={align}")["error"]
    assert error["message"] == told
    assert error["reason"] == ("no-hole" if design == "dummy" else "design")
    assert error["fragmented"] is False


def test_so_it_is_in_the_kernel_and_for_several_and_for_why(heap: Heap) -> None:
    said = ": no address in the heap is a multiple of 1048576"
    assert heap.text("why 64 align=1M").splitlines() == [
        "0x444444440000    102400 bytes  too small behind the padding for the alignment",
        f"no hole fits 64 bytes (align 1048576){said}",
    ]
    many = heap.answer("alloc 64 align=1M count=2")["error"]["message"]
    assert many == f"no hole fits 64 bytes (align 1048576), 2 times: 0 would fit{said}"


def test_a_window_has_other_addresses(host: Heap) -> None:
    host.use("guard-page")
    assert host.alloc(64, align=1 << 20).address % (1 << 20) == 0
    message = host.answer("alloc 64 align=128M")["error"]["message"]
    assert "a multiple" not in message, "the window begins at one"
    message = host.answer(f"alloc 64 align={1 << 46}")["error"]["message"]
    assert message.endswith(f": no address in the heap is a multiple of {1 << 46}")


def test_why_tells_what_is_in_the_way(heap: Heap) -> None:
    heap.alloc(24)
    heap.alloc(HEAP_SIZE - 24)
    heap.free("#1")
    assert heap.text("why 16").splitlines() == [
        "0x444444440000        24 bytes  8 bytes would be left, too few for a hole",
        "no hole fits 16 bytes (align 8); the largest hole has 24 bytes (8 bytes would be left, "
        "too few for a hole), 24 are free in all",
    ]


@pytest.mark.expects("out-of-memory")
def test_c_plus_plus_code_is_told_the_same(either: Heap) -> None:
    either.alloc(24)
    either.alloc(HEAP_SIZE - 24)
    either.free("#1")
    error = either.answer("boxtest")["error"]
    assert (error["asked"], error["reason"], error["fragmented"]) == (8, "design", False)
    assert error["message"].startswith(
        "allocation error: Layout { size: 8, align: 8 }; the largest hole has 24 bytes (8 bytes "
        "would be left, too few for a hole), 24 are free in all"
    )


def test_addresses_without_memory_are_no_lack_of_holes(boot: Boot) -> None:
    heap = Heap(boot(options="heap44.allocator=guard-page", memory="32M").console)
    said = "the machine has no memory left to map for"
    assert heap.text("why 60M") == f"{said} 62914560 bytes (align 8)\n"
    answer = heap.answer("alloc 1 count=8000")["error"]
    assert (answer["reason"], answer["fragmented"]) == ("design", False)
    told = re.fullmatch(
        rf"{said} 1 byte \(align 8\), 8000 times: ([0-9]+) would fit", answer["message"]
    )
    assert told and 1000 < int(told[1]) < 8000
    assert heap.text("ops +60M").split(maxsplit=1)[1] == (
        "the machine has no memory left to map\n"
    )
    heap.alloc(8, name="small")
    assert heap.answer("realloc small 60M")["error"]["message"].startswith(said)
    # What is too large for the window does fail for want of a hole.
    assert heap.answer("alloc 64M")["error"]["message"] == (
        "no hole fits 67108864 bytes (align 8); the largest hole has 67100672 bytes, 67100672 are "
        "free in all"
    )
