# SPDX-License-Identifier: MIT
"""Bytes changed from outside: found, named exactly, told once, put right; and near misses."""

from __future__ import annotations

import re
from typing import Any

import pytest
from heap44 import Block, Heap, Machine
from heap_damage import DESIGNS, Subject, expect_report, three_holes


def _changed_in_dump(report: dict[str, Any], address: int) -> int:
    """The byte that the report shows at an address."""
    memory = report["memory"]
    data = bytes.fromhex(memory["bytes"])
    return data[address - int(memory["address"], 16)]


def freed_block(heap: Heap, size: int, *, name: str | None = None) -> Block:
    """A freed block, with a live one between it and the rest of the heap."""
    block = heap.alloc(size, name=name)
    heap.alloc(16)
    heap.free(block)
    return block


# --- overflow ---


@pytest.mark.expects("overflow")
@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("size", [13, 16, 100])
def test_padding_overrun_is_an_overflow_told_once(subject: Subject, design: str, size: int) -> None:
    heap = subject.heap
    heap.allocator(design)
    block = heap.alloc(size)
    neighbour = heap.alloc(16)
    end = block.address + size
    padding = block.end - end
    if padding == 0:
        # Near miss: the neighbour's payload is the neighbour's business.
        subject.write(neighbour.address, b"\x00" * 16)
        assert subject.problems() == []
        assert subject.damage(f"free #{block.id}") == []
        return
    subject.write(end, b"\xee")
    assert subject.problems() == ["overflow"]
    assert subject.problems() == ["overflow"], "to look changes nothing"
    report = subject.only_damage(f"free #{block.id}")
    expect_report(report, "overflow", end, 1, block)
    assert _changed_in_dump(report, end) == 0xEE
    assert subject.problems() == []
    assert subject.damage(f"alloc {size}") == []


@pytest.mark.expects("overflow")
@pytest.mark.parametrize("command", ["realloc #1 200", "realloc #1 10", "free #1", "free all"])
def test_an_overflow_is_met_by_whatever_touches_the_block(subject: Subject, command: str) -> None:
    block = subject.heap.alloc(21)
    subject.heap.alloc(16)
    subject.write(block.address + 21, b"ab")
    expect_report(subject.only_damage(command), "overflow", block.address + 21, 2, block)
    assert subject.problems() == []


@pytest.mark.expects("overflow")
def test_an_overflow_elsewhere_is_not_met(subject: Subject) -> None:
    block, _, other = subject.heap.alloc(21, count=3)
    subject.write(block.address + 21, b"ab")
    assert subject.damage(f"free #{other.id}") == []
    assert subject.problems() == ["overflow"]


@pytest.mark.expects("overflow")
def test_the_message_says_how_far_beyond_which_block(subject: Subject) -> None:
    block = subject.heap.alloc(13, name="vec")
    subject.heap.alloc(16)
    subject.write(block.address + 14, b"\x00")
    message = subject.only_damage("free vec")["message"]
    assert "2 beyond the end of block #1 \"vec\" (13 bytes" in message
    assert "into its padding" in message


# --- underflow ---


@pytest.mark.expects("underflow")
@pytest.mark.parametrize("design", DESIGNS)
def test_bytes_right_in_front_of_a_block_are_an_underflow(subject: Subject, design: str) -> None:
    heap = subject.heap
    heap.allocator(design)
    below, above = heap.alloc(9), heap.alloc(40)
    if below.end != above.address:
        pytest.skip("the two are no neighbours here")
    subject.write(above.address - 3, b"xyz")
    assert subject.problems() == ["underflow"]
    report = subject.only_damage(f"free #{above.id}")
    expect_report(report, "underflow", above.address - 3, 3, above)


# --- write after free ---


@pytest.mark.expects("use-after-free")
@pytest.mark.parametrize("design", DESIGNS)
def test_a_write_after_free_names_the_freed_block(subject: Subject, design: str) -> None:
    heap = subject.heap
    heap.allocator(design)
    heap.alloc(16)
    block = freed_block(heap, 256)
    subject.write(block.address + 100, b"\x01\x02\x03")
    assert subject.problems() == ["use-after-free"]
    message = heap.check().problems[0]["message"]
    assert f"100 into freed block #{block.id}" in message
    assert "freed in command" in message
    if design == "bump":
        return  # the memory does not come back before all of it is free
    report = subject.only_damage("alloc 256")
    expect_report(report, "use-after-free", block.address + 100, 3, block)
    assert report["freed_by"] is not None
    assert subject.problems() == []


@pytest.mark.expects("use-after-free")
@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("offset", [16, 17, 24, 31])
def test_a_write_where_a_split_leaves_its_words_is_found(
    subject: Subject, design: str, offset: int
) -> None:
    heap = subject.heap
    heap.allocator(design)
    heap.alloc(16)
    block = freed_block(heap, 256)
    subject.write(block.address + offset, b"\x77")
    answer = subject.answer("alloc 16")
    assert answer["ok"]
    if int(answer["blocks"][0]["address"], 16) != block.address:
        assert subject.problems() == ["use-after-free"]
        return
    assert [report["code"] for report in answer["damage"]] == ["use-after-free"]
    assert subject.problems() == []


@pytest.mark.expects("use-after-free")
def test_zalloc_tells_of_damage_and_is_zero_all_the_same(subject: Subject) -> None:
    heap = subject.heap
    block = freed_block(heap, 256)
    subject.write(block.address + 200, b"\x99")
    report = subject.only_damage("zalloc 256")
    expect_report(report, "use-after-free", block.address + 200, 1, block)
    assert heap.peek(block.address, 256) == bytes(256)


@pytest.mark.expects("use-after-free")
def test_c_plus_plus_meets_damage_as_commands_do(subject: Subject) -> None:
    heap = subject.heap
    block = freed_block(heap, 4096)
    subject.write(block.address + 40, b"\x99")
    report = subject.only_damage("vectest 100")
    expect_report(report, "use-after-free", block.address + 40, 1, block)


def test_the_pattern_written_again_is_no_damage(subject: Subject) -> None:
    heap = subject.heap
    block = heap.alloc(64)
    heap.free(block)
    same = heap.peek(block.address + 32, 8)
    subject.write(block.address + 32, same)
    assert subject.problems() == []


@pytest.mark.parametrize("design", DESIGNS)
def test_what_a_program_writes_into_its_block_is_no_damage(subject: Subject, design: str) -> None:
    heap = subject.heap
    heap.allocator(design)
    blocks = heap.alloc(48, count=4)
    for block in blocks:
        subject.write(block.address, b"\x00" * 48)
    for command in ("free #2", "realloc #1 20", "alloc 30", "free all", "check"):
        assert subject.damage(command) == []
    assert subject.problems() == []


@pytest.mark.expects("overflow")
def test_a_refused_command_meets_nothing(subject: Subject) -> None:
    block = subject.heap.alloc(13)
    subject.heap.alloc(16)
    subject.write(block.address + 13, b"\x00")
    answer = subject.answer("free #99")
    assert answer["error"]["code"] == "no-such-block", "its own arguments come first"
    assert "damage" not in answer
    assert subject.problems() == ["overflow"]


@pytest.mark.expects("overflow")
def test_many_places_are_counted_beyond_the_eighth(subject: Subject) -> None:
    blocks = subject.heap.alloc(13, count=20)
    for block in blocks[::2]:
        subject.write(block.address + 13, b"\x00")
    answer = subject.answer("free all")
    assert len(answer["damage"]) == 8
    assert answer["further_damage"] == 2


@pytest.mark.expects("use-after-free")
def test_the_text_reads_like_any_report(machine: Machine, heap: Heap) -> None:
    other = freed_block(heap, 64, name="gone")
    machine.write_memory(other.address + 30, b"\x01\x02\x03")
    lines = heap.text("alloc 64").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("use-after-free: 3 bytes"))
    block, allocated, freed, *rows = lines[start + 1 :]
    assert block.split(maxsplit=1) == ["block", f'#1 "gone", 64 bytes at {other.address:#x}, freed']
    assert re.fullmatch(r"  allocated by +alloc \(allocate.cpp:\d+\), command \d+", allocated)
    assert re.fullmatch(r"  freed by +free \(allocate.cpp:\d+\), command \d+", freed)
    first = next(i for i, row in enumerate(rows) if f" {other.address + 16:#x} " in row)
    carets = ["".join(c for c in row if c == "^") for row in rows]
    assert [(i - first, len(c)) for i, c in enumerate(carets) if c] == [(1, 4), (3, 2)]
    assert rows[first].endswith(" 01 02") and rows[first + 2].split()[1] == "03"


@pytest.mark.expects("overflow")
def test_the_text_marks_the_bytes(machine: Machine, heap: Heap) -> None:
    block = heap.alloc(13)
    heap.alloc(16)
    machine.write_memory(block.address + 13, b"\xab\xcd")
    text = heap.text("free #1")
    assert "overflow: 2 bytes" in text
    row = next(line for line in text.splitlines() if " ab cd " in line)
    marks = text.splitlines()[text.splitlines().index(row) + 1]
    assert marks.index("^^") == row.index("ab cd") and marks.count("^^") == 2


def test_reset_gets_rid_of_damage_of_every_kind(subject: Subject) -> None:
    hole = three_holes(subject.heap)[1]
    subject.write(hole.address, b"\xff" * 40)
    subject.heap.reset()
    assert subject.problems() == []
    assert subject.damage("alloc 64 count=100") == []


# --- poison on and off ---


@pytest.mark.expects("use-after-free")
def test_poison_off_watches_the_list_only(subject: Subject) -> None:
    heap = subject.heap
    assert heap.poison() is True
    assert heap.poison(False) is False
    block = heap.alloc(13)
    other = freed_block(heap, 64)
    subject.write(block.address + 13, b"\x00")
    subject.write(other.address + 20, b"\x00")
    assert subject.problems() == []
    assert subject.damage("free #1") == []
    assert heap.poison(True) is True
    assert subject.problems() == [], "what was done meanwhile is forgotten"
    subject.write(other.address + 20, b"\x00")
    assert subject.problems() == ["use-after-free"]


@pytest.mark.parametrize("design", DESIGNS)
def test_addresses_are_the_same_with_poison_and_without(subject: Subject, design: str) -> None:
    heap = subject.heap
    heap.allocator(design)
    places = []
    for setting in (True, False):
        heap.reset()
        heap.poison(setting)
        heap.random(200, seed=5)
        places.append([(block.id, block.address) for block in heap.blocks()])
    assert places[0] == places[1]


@pytest.mark.expects("double-free")
@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("seed", range(2))
def test_a_valid_history_is_never_reported(subject: Subject, design: str, seed: int) -> None:
    heap = subject.heap
    heap.allocator(design)
    assert subject.damage(f"random 300 seed={seed}") == []
    for command in ("realloc #1 5", "maptest", "alloc 5000 count=30", "ops +10,+20,-0", "why 77"):
        assert "damage" not in subject.answer(command)
    assert heap.check().consistent
    heap.free_odd()
    assert heap.check().consistent
