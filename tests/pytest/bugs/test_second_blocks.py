# SPDX-License-Identifier: MIT
"""Where two blocks may be meant both are named, and none that is far away."""

from __future__ import annotations

from typing import Any, Callable

import pytest
from first_fit import HEAP_START
from heap44 import Heap, Machine
from heap_damage import only_report
from support import HEAP_END, refusal

Boot = Callable[..., Machine]


def _also(details: dict[str, Any]) -> tuple[str | None, int, int]:
    also = details["also"]
    return also["code"], also["block"]["id"], also["offset"]


# --- the same bytes, seen from two blocks ---


@pytest.mark.expects("underflow")
def test_in_front_of_a_block_and_in_a_freed_one_both_are_named(either: Heap) -> None:
    either.pipeline(["alloc 64", "alloc 15", "free #1"])
    place = HEAP_START + 63
    refused = refusal(either, f"poke {place:#x} 78", "use-after-free").details
    assert (refused["block"]["id"], refused["offset"]) == (1, 63)
    assert _also(refused) == ("underflow", 2, -1)
    assert refused["message"].endswith("; also 1 byte in front of #2")
    warning = either.poke(place, b"\x78", force=True)
    assert warning is not None and warning.endswith("; also 1 byte in front of #2")
    (problem,) = either.check().problems
    assert problem["code"] == "underflow"
    assert problem["message"].endswith("; also byte 63 of #1 (freed)")
    assert _also(problem) == ("use-after-free", 1, 63)
    report = only_report(either, "free #2")
    assert (report["code"], report["block"]["id"], report["offset"]) == ("underflow", 2, -1)
    assert _also(report) == ("use-after-free", 1, 63)
    assert report["message"].endswith("; also byte 63 of #1 (freed)")


def test_in_padding_right_in_front_of_a_block_both_are_named(either: Heap) -> None:
    first, second = either.alloc(13), either.alloc(16)
    details = refusal(either, f"poke {first.address + 14:#x} 0102", "overflow").details
    assert _also(details) == ("underflow", second.id, -2)
    # A byte less, and nobody but the first is meant.
    details = refusal(either, f"poke {first.address + 14:#x} 01", "overflow").details
    assert "also" not in details and "also" not in details["message"]


@pytest.mark.expects("use-after-free")
def test_a_stopped_read_names_both(either: Heap) -> None:
    either.pipeline(["alloc 16", "alloc 16", "alloc 16", "free #2"])
    error = either.answer("read #2 4")["error"]
    assert (error["code"], error["block"]["id"]) == ("use-after-free", 2)
    assert _also(error) == ("overflow", 1, 16)
    assert error["message"].endswith("; also right behind #1")


def test_the_underflow_of_the_catalogue_comes_out_of_a_neighbour(either: Heap) -> None:
    report = either.bug("underflow")
    assert report.also is not None
    assert _also(report.raw) == ("overflow", 1, 23)
    assert report.message.endswith("; also 3 bytes past #1")
    assert either.bug("leak").also is None


# --- a place that somebody else has now ---


@pytest.mark.expects("double-free")
def test_a_double_free_says_whose_memory_it_would_have_taken(either: Heap) -> None:
    either.pipeline([*["alloc 64"] * 6, "free #1"])
    assert either.alloc(64, name="vec").id == 7
    for command in ("free #1", "realloc #1 8"):
        details = refusal(either, command, "double-free").details
        assert details["message"].startswith(
            "by address, this would have taken #7 \"vec\"'s memory away; "
            f"{HEAP_START:#x} was block #1 (64 bytes), allocated in command "
        )
        assert details["block"]["id"] == 1
        assert _also(details) == (None, 7, 0)


@pytest.mark.expects("double-free")
def test_a_double_free_of_a_place_that_is_free_says_nothing_of_the_kind(either: Heap) -> None:
    either.pipeline(["alloc 64", "alloc 64", "free #1"])
    details = refusal(either, "free #1", "double-free").details
    assert "also" not in details and "by address" not in details["message"]
    # Nor where the place lies inside another block: by address that were an interior free.
    either.pipeline(["free #2", "alloc 16", "alloc 200"])
    details = refusal(either, "free #2", "double-free").details
    assert "also" not in details and "by address" not in details["message"]


@pytest.mark.expects("double-free")
def test_in_text_it_ends_with_who_freed_it(heap: Heap) -> None:
    heap.pipeline(["alloc 64", "free #1", "alloc 64"])
    text = heap.text("free #1")
    assert "by address, this would have taken #2's memory away; 0x" in text
    assert "and freed already, in command " in text
    assert text.rstrip().rpartition(", by free (")[2].startswith("allocate.cpp:")


# --- the neighbourhood ---


@pytest.mark.expects("foreign-free", "invalid-free")
@pytest.mark.parametrize(
    ("offset", "near"),
    [(-256, True), (-257, False), (64 + 255, True), (64 + 256, False), (50_000, False)],
)
def test_a_block_is_told_in_its_neighbourhood_only(
    either: Heap, offset: int, near: bool
) -> None:
    block = either.alloc(64)
    error = either.answer(f"free {block.address + offset:#x}")["error"]
    assert error["code"] == ("foreign-free" if offset < 0 else "invalid-free")
    assert error.get("offset") == (offset if near else None)
    assert ("block" in error) == near == (" #1 (64 bytes at 0x" in error["message"])
    place = either.where(block.address + offset)
    assert (place.block is not None) == near == ("#1" in place.text)


@pytest.mark.expects("foreign-free")
def test_an_address_far_away_is_far_from_every_block(either: Heap) -> None:
    either.alloc(64, count=4)
    for address in (1, 0x7FFF_FFFF_FFFF, HEAP_END + 4096):
        error = either.answer(f"free {address:#x}")["error"]
        assert "block" not in error and "offset" not in error
        assert error["message"].endswith(f" ({HEAP_START:#x} to {HEAP_END:#x})")


def test_a_guard_page_is_named_and_no_block_far_in_front_of_it(boot: Boot) -> None:
    heap = Heap(boot(options="heap44.size=4K").console)
    heap.alloc(100)
    report = heap.fault("guard")
    assert report.address == HEAP_START + 4096
    assert report.block is None and report.offset is None
    assert f"write of {HEAP_START + 4096:#x} (guard page behind the heap) at " in report.message
    last = heap.alloc(4096 - 104 - 200)
    report = heap.fault("guard")
    assert report.block is not None and report.block.id == last.id
    assert "(guard page behind the heap; 200 bytes past #2) at " in report.message


@pytest.mark.expects("use-after-free")
def test_a_wrong_access_far_from_all_blocks_names_none(either: Heap) -> None:
    either.alloc(64)
    error = either.answer("read #1+1000")["error"]
    assert (error["code"], error["block"], error["offset"]) == ("use-after-free", None, None)
    assert error["message"] == f"read of 1 byte at {HEAP_START + 1000:#x}, in free memory"
