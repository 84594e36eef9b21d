# SPDX-License-Identifier: MIT
"""Each word that a design keeps in its holes, broken: named before it is followed; what is no word,
and what comes before it."""

from __future__ import annotations

import struct

import pytest
from first_fit import HEAP_SIZE, HEAP_START
from heap44 import Block, Heap, HostProgram, Machine
from heap_damage import (
    LISTS,
    PATTERN,
    WITHOUT_WORDS,
    freed_hole,
    problems,
    three_holes,
    write,
)
from support import HEAP_END

WORDS = [
    *((design, offset, 8) for design in (*LISTS, "policy") for offset in (0, 8)),
    ("fixed-size-block", 0, 8),
    *(("tlsf", offset, 4) for offset in (0, 4, 8, -4)),
]
BAD_SIZES = [0, 8, 3, 1 << 40, HEAP_SIZE, 0xFFFF_FFFF_FFFF_FFF0, 80]
BAD_NEXTS = [0, 8, HEAP_START, HEAP_START + 4, HEAP_END, HEAP_START + 64, 0xDEAD_BEEF_DEAD_BEE8]


def _broken_place(heap: Heap, design: str, offset: int) -> tuple[int, int]:
    """The hole of a freed block and the address of its word."""
    if design == "policy":
        heap.policy(fit="best", order="recent", coalesce=False)
    else:
        heap.use(design)
    heap.alloc(64)
    block = heap.alloc(64)
    heap.alloc(64)
    other = heap.alloc(64)
    heap.alloc(64)
    heap.free(block, other)
    hole = other.address
    return hole, hole + offset + (64 if offset < 0 else 0)


@pytest.mark.expects("corrupted-heap")
@pytest.mark.parametrize("kind", ["zero", "ones", "bit", "pattern"])
@pytest.mark.parametrize(("design", "offset", "size"), WORDS)
def test_a_broken_word_is_named_before_it_is_followed(
    heap: Heap, design: str, offset: int, size: int, kind: str
) -> None:
    hole, word = _broken_place(heap, design, offset)
    truth = heap.peek(word, size)
    bits = {"zero": bytes(size), "ones": b"\xff" * size, "pattern": bytes([PATTERN]) * size}
    bad = bits.get(kind, bytes([truth[0] ^ 1]) + truth[1:])
    if bad == truth:
        bad = b"\x01" + truth[1:]
    write(heap, word, bad)
    before = heap.peek(HEAP_START, 2048)
    assert problems(heap) == [("corrupted-heap", word)]
    for command in ("alloc 8", "zalloc 300", "free #1", "realloc #3 500", "free all", "why 8"):
        error = heap.answer(command)["error"]
        assert (error["code"], int(error["address"], 16)) == ("corrupted-heap", word)
        assert (error["block"]["id"], error["offset"]) == (4, word - hole)
        value, true = (int.from_bytes(each, "little") for each in (bad, truth))
        assert f"hole at {hole:#x}" in error["message"]
        assert f"{value:#x}" in error["message"] or f" {value}," in error["message"]
        assert f"{true:#x}" in error["message"] or f"be {true}" in error["message"]
    assert heap.peek(HEAP_START, 2048) == before, "nothing was changed"
    repair = heap.repair()
    assert (repair.problems, repair.holes, repair.repaired) == (1, 1, 1)
    assert heap.peek(word, size) == truth
    assert "damage" not in heap.command("free all")


@pytest.mark.parametrize(("design", "offset", "size"), WORDS)
def test_a_word_written_again_as_it_is_is_sound(
    heap: Heap, design: str, offset: int, size: int
) -> None:
    _, word = _broken_place(heap, design, offset)
    write(heap, word, heap.peek(word, size))
    assert problems(heap) == []
    assert heap.alloc(8) and heap.free_all()


@pytest.mark.expects("use-after-free")
@pytest.mark.parametrize(
    ("design", "beside"),
    [("linked-list", 16), ("indexed", 16), ("fixed-size-block", 8), ("tlsf", 12)],
)
def test_the_byte_behind_the_words_is_no_word(heap: Heap, design: str, beside: int) -> None:
    hole, _ = _broken_place(heap, design, 0)
    write(heap, hole + beside, b"\x09")
    assert problems(heap) == [("use-after-free", hole + beside)]
    assert heap.answer("alloc 8")["ok"], "the list is sound"


@pytest.mark.expects("corrupted-heap", "overflow")
@pytest.mark.parametrize("design", ["linked-list", "indexed", "tlsf"])
def test_an_overrun_through_padding_into_words_is_both_and_words_come_first(
    heap: Heap, design: str
) -> None:
    heap.use(design)
    block = heap.alloc(13)
    word = 4 if design == "tlsf" else 8
    write(heap, block.address + 13, b"\x0a" * (block.block_size - 13 + word))
    found = sorted(problems(heap))
    assert found == [("corrupted-heap", block.end), ("overflow", block.address + 13)]
    error = heap.answer(f"free #{block.id}")["error"]
    assert error["code"] == "corrupted-heap"
    assert f"directly behind block #{block.id} " in error["message"]
    assert heap.repair().problems == 2
    assert "damage" not in heap.command(f"free #{block.id}")


@pytest.mark.expects("corrupted-heap", "double-free", "interior-free")
@pytest.mark.parametrize("design", [*LISTS, "fixed-size-block", "tlsf"])
def test_a_commands_own_mistakes_come_before_the_broken_list(heap: Heap, design: str) -> None:
    hole, _ = _broken_place(heap, design, 0)
    write(heap, hole, b"\x0b\x0b\x0b")
    wrong = {
        "free #4": "double-free",
        "free #99": "no-such-block",
        "free #1 #2": "double-free",
        "realloc #2 9": "double-free",
        "alloc x": "bad-argument",
        f"free {hole - 63:#x}": "interior-free",
    }
    for command, code in wrong.items():
        assert heap.answer(command)["error"]["code"] == code, command
    assert heap.answer("alloc 200000")["error"]["code"] in ("corrupted-heap", "out-of-memory")
    assert heap.answer("alloc 8")["error"]["code"] == "corrupted-heap"


@pytest.mark.parametrize("design", WITHOUT_WORDS)
@pytest.mark.expects("use-after-free")
def test_where_no_words_are_nothing_is_corrupted(heap: Heap, design: str) -> None:
    block = _freed_under(heap, design)
    write(heap, block.address, struct.pack("<QQ", 7, HEAP_END))
    assert problems(heap) == [("use-after-free", block.address)]
    assert heap.answer("alloc 2000")["ok"]


@pytest.mark.expects("corrupted-heap")
@pytest.mark.parametrize("design", LISTS)
@pytest.mark.parametrize("which", [0, 1, 2])
@pytest.mark.parametrize(
    ("field", "value"), [("size", size) for size in BAD_SIZES] + [("next", to) for to in BAD_NEXTS]
)
def test_a_broken_hole_stops_every_operation_before_it_is_followed(
    host: Heap, program: list[HostProgram], design: str, which: int, field: str, value: int
) -> None:
    host.allocator(design)
    hole = three_holes(host)[which]
    size, following = struct.unpack("<QQ", host.peek(hole.address, 16))
    truth = size if field == "size" else following
    word = hole.address + (0 if field == "size" else 8)
    if value == truth:
        pytest.skip("that is what it has")
    program[0].write_memory(word, struct.pack("<Q", value))
    before = host.peek(HEAP_START, 4096)
    for command in ("alloc 8", "zalloc 64", "free #2", "realloc #4 900", "why 8", "random 5"):
        error = host.answer(command)["error"]
        assert error["code"] == "corrupted-heap"
        assert int(error["address"], 16) == word
        assert f"{hole.address:#x}" in error["message"]
        shown = f"{value:#x}, it should be {truth:#x}"
        assert (str(truth) if field == "size" else shown) in error["message"]
    if which == 0:
        # What C++ code asks for would fit into the first hole, and it comes to no other.
        assert host.answer("boxtest")["error"]["code"] == "corrupted-heap"
    assert host.peek(HEAP_START, 4096) == before
    assert [problem["code"] for problem in host.check().problems] == ["corrupted-heap"]
    repair = host.repair()
    assert (repair.problems, repair.holes) == (1, 1)
    assert host.check().consistent
    assert struct.unpack("<QQ", host.peek(hole.address, 16)) == (size, following)
    assert host.free_all() != []


@pytest.mark.expects("corrupted-heap")
@pytest.mark.parametrize("design", ["linked-list", "indexed", "fixed-size-block", "tlsf"])
def test_every_design_with_words_in_its_holes_is_stopped_in_the_kernel(
    machine: Machine, heap: Heap, design: str
) -> None:
    heap.allocator(design)
    hole = three_holes(heap)[0]
    machine.write_memory(hole.address, b"\xff" * 8)
    blocks = heap.blocks()
    assert heap.answer("alloc 8")["error"]["code"] == "corrupted-heap"
    error = heap.answer("vectest 10")["error"]
    assert error["code"] == "corrupted-heap"
    assert error["blocks_left"] == 0
    assert int(error["address"], 16) == hole.address
    assert heap.blocks() == blocks
    assert not heap.check().consistent
    assert heap.repair().holes == 1
    assert heap.check().consistent
    assert heap.blocks() == blocks
    assert heap.answer("vectest 10")["ok"]


def _freed_under(heap: Heap, design: str) -> Block:
    heap.use(design)
    return freed_hole(heap)
