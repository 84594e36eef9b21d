# SPDX-License-Identifier: MIT
"""What a person reads: who did it, one of a thing and several, lines that fit a terminal."""

from __future__ import annotations

import subprocess

import pytest
from bug_table import BUGS
from heap44 import Heap
from heap44.machine import build_directory
from settings import ALL
from support import too_wide


@pytest.mark.expects("double-free")
def test_a_double_free_is_told_with_who_freed_it_first(heap: Heap) -> None:
    heap.text("alloc 1 name=vec; free vec")
    answer = heap.answer("free vec")
    text = heap.text("free vec")
    assert '#1 "vec" (1 byte), allocated in command ' in text
    assert text.rstrip().endswith(f", by {answer['error']['freed_by'].replace('+0x0', '')}")
    assert "by free (allocate.cpp:" in text


@pytest.mark.expects("foreign-free")
@pytest.mark.parametrize("address", [1 << 63, 0xFFFF_8000_0000_0000, (1 << 64) - 1])
def test_the_other_half_of_the_address_space_is_near_no_block(either: Heap, address: int) -> None:
    either.alloc(64)
    error = either.answer(f"free {address:#x}")["error"]
    assert error["code"] == "foreign-free" and "block" not in error
    assert error["message"].endswith(" is not in the heap (0x444444440000 to 0x444444459000)")


def test_a_leak_marks_the_bytes_of_its_first_block_and_no_others(either: Heap) -> None:
    either.alloc(48, name="hole")
    either.alloc(64)
    either.free("hole")
    report = either.bug("cycle").raw
    # The second block lies behind the other one.
    assert report["size"] == report["block"]["size"] <= 48
    assert report["message"].count(" bytes at 0x") == 2
    assert "), #4 (" in report["message"]


@pytest.mark.expects("out-of-memory")
def test_cpp_code_that_was_let_down_on_purpose_is_told_so(either: Heap) -> None:
    either.command("failafter 1")
    message = either.answer("vectest")["error"]["message"]
    assert "'failafter' let it fail" in message and "largest hole" not in message
    assert "the largest hole has" in either.answer("vectest 1000000")["error"]["message"]


def test_a_comparison_without_a_difference_says_so(heap: Heap) -> None:
    assert heap.text('compare "" by=policy').endswith("no figure differs\n")
    told = heap.text('compare "alloc 100 count=3"')
    assert "what differs:\n" in told and "no figure" not in told


@pytest.mark.expects("out-of-memory")
def test_one_of_a_thing_is_no_plural(heap: Heap) -> None:
    assert "no hole fits 1 byte (align" in heap.text("alloc 1 align=1M")
    assert "no hole fits 1 byte (align" in heap.text("why 1 align=1M")
    assert heap.text("random 1").startswith("1 operation with seed 44: 1 allocation, 0 frees,")


DESIGNS = ["linked-list", "buddy", "guard-page"]


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize(
    "command", ["heapmap", "blocks", "freelist", "stats", "memmap", "bug", "fault"]
)
def test_what_is_laid_out_in_columns_fits_a_terminal(
    heap: Heap, design: str, command: str
) -> None:
    heap.use(design)
    heap.alloc(100, count=3, name="block")
    heap.free("block2")
    assert too_wide(heap.text(command)) == []


def test_a_dump_has_a_word_a_row_and_fits_a_terminal(heap: Heap) -> None:
    heap.alloc(104, count=3, name="block")
    heap.free("block2")
    dump = heap.text("peek 0x4444_4444_0000 256")
    assert len(dump.splitlines()) == 256 / 8
    assert too_wide(dump) == []


def test_the_page_tables_fit_a_terminal(heap: Heap) -> None:
    heap.alloc(8)
    for region in heap.memmap():
        assert too_wide(heap.text(f"walk {region.start:#x}")) == []


def test_the_maps_of_a_comparison_fit_a_terminal(heap: Heap) -> None:
    told = heap.text('compare "alloc 100 count=9; free odd; alloc 64"')
    assert too_wide(told) == []


@pytest.mark.expects(*{bug.code for bug in BUGS.values()})
@pytest.mark.parametrize("name", BUGS)
def test_the_lines_of_a_bug_fit_a_terminal(heap: Heap, name: str) -> None:
    source, _, _ = heap.text(f"bug {name}").partition("\n\n")
    assert too_wide(source) == []


QUESTIONS = """
    help; help alloc; heapmap; freelist; blocks; block #1; block x; stats; check; leaks; diff
    diff s; peek 0x444444440000 64; where #1; where 0x444444440008; where 0; memmap; frames
    walk 0x444444440000; allocator; policy; watch; trace; trace show; failafter; poison; asan
    why 64; why 1M; lastfault; backtrace; bug; fault; history; log; version; uptime; alloc 1M
    free #99; nosuch; alloc; ops +8,-0,+1M; random 9; diff; undo; redo; fault null
    fault divide; time alloc 8; compare "alloc 64; nosuch" --force; replay
"""


@pytest.mark.parametrize("design", ALL)
def test_no_line_of_an_answer_ends_with_a_blank(design: str) -> None:
    lines = [f"allocator {design}", "trace on", "alloc 100 count=3; free #2; alloc 1 name=x; mark"]
    lines += ["snapshot s; alloc 20 count=4; free #3; poke #1 00; poke 0x444444440070 00 --force"]
    lines += [command.strip() for command in QUESTIONS.replace("\n", ";").split(";")]
    lines += [f"bug {name}" for name in BUGS]
    answers = subprocess.run(
        [build_directory() / "heap44-host"],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout.splitlines()
    assert len(answers) > 300
    assert [line for line in answers if line != line.rstrip()] == []
