# SPDX-License-Identifier: MIT
"""Reports: what, where, allocated by, freed by, the memory around it; and that they stay."""

from __future__ import annotations

import re
from typing import Callable

import pytest
from code_lines import address_of_symbol, own_lines, split_caller
from heap44 import Heap, Machine
from support import HEAP_END


@pytest.mark.expects("page-fault")
def test_there_is_no_last_report_at_first(boot: Callable[..., Machine]) -> None:
    heap = Heap(boot().console)
    assert heap.command("lastfault")["report"] is None
    report = heap.command("fault null")["report"]
    assert heap.command("lastfault")["report"] == report


@pytest.mark.expects("out-of-memory")
def test_the_last_report_is_that_of_a_stopped_command(either: Heap) -> None:
    answer = either.answer("vectest 99999999")
    assert not answer["ok"]
    last = either.command("lastfault")["report"]
    assert last["code"] == answer["error"]["code"]
    assert last["message"] == answer["error"]["message"]


@pytest.mark.expects("overflow", "leak")
def test_the_last_report_is_that_of_a_bug(either: Heap) -> None:
    report = either.command("bug overflow")["report"]
    assert either.command("lastfault")["report"] == report
    assert either.command("bug leak")["report"] == either.command("lastfault")["report"] != report


@pytest.mark.expects("cpu-fault")
def test_a_refused_command_is_no_report(heap: Heap) -> None:
    report = heap.command("fault divide")["report"]
    assert not heap.answer("free #99")["ok"]
    assert heap.command("lastfault")["report"] == report


def test_a_fault_near_the_heap_names_the_block(heap: Heap) -> None:
    size = HEAP_END - 0x4444_4444_0000 - 16
    block = heap.alloc(size, name="whole")
    report = heap.fault("guard").raw
    assert (report["block"]["id"], report["offset"]) == (block.id, HEAP_END - block.address)
    assert "guard page behind the heap; 16 bytes past #1" in report["message"]


def test_a_fault_elsewhere_names_no_block(heap: Heap) -> None:
    heap.alloc(64)
    report = heap.fault("null").raw
    assert report["block"] is None and report["offset"] is None
    assert report["allocated_by"] is None and report["freed_by"] is None
    assert "page zero" in report["message"]


def test_the_faulting_line_is_named(heap: Heap) -> None:
    report = heap.fault("divide").raw
    _, _, file, line = split_caller(report["caller"])
    assert (file, line) == own_lines(int(report["registers"]["rip"], 16))[0]
    assert file == "provoke.cpp"


def test_the_backtrace_tells_the_lines_of_the_calls(heap: Heap) -> None:
    places = [split_caller(text) for text in heap.command("backtrace")["backtrace"]]
    names = [name for name, _, _, _ in places]
    assert any(name.endswith("backtrace") for name in names)
    assert any(name.endswith("CommandTask::run") for name in names)
    assert names[-1].endswith("kernel_main") or "serve" in names[-1] or "main" in "".join(names)
    run = next(place for place in places if place[0].endswith("Interpreter::execute"))
    start = address_of_symbol(r" heap44::shell::Interpreter::execute\(")
    assert (run[2], run[3]) == own_lines(start + run[1] - 1)[0]


@pytest.mark.expects("watched")
def test_a_report_on_a_block_reads_like_a_story(heap: Heap) -> None:
    block = heap.zalloc(60, name="vec")
    heap.command("watch off")
    heap.watch(block.address + 16, 4)
    text = heap.text(f"poke {block.address + 16:#x} 11223344")
    lines = text.splitlines()[1:]
    assert lines[0].startswith(f"watched: 4 bytes at {block.address + 16:#x} were written to by")
    assert any(re.fullmatch(r'  block +#1 "vec", 60 bytes at 0x[0-9a-f]+, live', s) for s in lines)
    story = r"  allocated by +zalloc \(allocate.cpp:\d+\), command \d+"
    assert any(re.fullmatch(story, s) for s in lines)
    row = next(i for i, s in enumerate(lines) if s.strip().startswith(f"{block.address + 16:#x}"))
    carets = lines[row + 1]
    marked = [lines[row][i : i + 2] for i in range(0, len(carets)) if carets[i : i + 2] == "^^"]
    assert carets.count("^^") == 4
    start = carets.index("^^")
    assert lines[row][start : start + 11] == "11 22 33 44", marked
    assert max(map(len, lines[1:])) <= 80


@pytest.mark.expects("out-of-memory", "panic")
def test_looking_still_works_after_a_halting_panic(boot: Callable[..., Machine]) -> None:
    heap = Heap(boot(options="heap44.panic=halt").console)
    block = heap.alloc(64)
    stopped = heap.answer("vectest 99999999")
    assert not stopped["ok"]
    assert not heap.answer("alloc 16")["ok"]
    assert heap.command("lastfault")["report"]["message"] == stopped["error"]["message"]
    assert heap.command("backtrace")["backtrace"]
    assert heap.where(block.address).kind == "block"
    assert heap.peek(block.address, 16) is not None
    heap.watch(block.address)
    assert heap.command("watch off")["watches"] == []


def test_out_of_memory_tells_whether_fragmentation_is_why(either: Heap) -> None:
    either.alloc(1000, count=102)
    either.free_odd()
    error = either.answer("alloc 5000")["error"]
    assert error["code"] == "out-of-memory"
    assert (error["asked"], error["largest"], error["fragmented"]) == (5000, 1000, True)
    assert error["free"] == either.stats().free
    assert "fragmentation is the cause" in error["message"]
    error = either.answer("alloc 90000")["error"]
    assert (error["asked"], error["fragmented"]) == (90000, False)
    assert "fragmentation" not in error["message"]


@pytest.mark.expects("out-of-memory")
def test_out_of_memory_in_c_plus_plus_tells_it_too(either: Heap) -> None:
    either.alloc(1000, count=102)
    either.free_odd()
    error = either.answer("vectest 1000")["error"]
    assert error["code"] == "out-of-memory"
    assert error["message"].startswith("allocation error: Layout { size: ")
    assert error["largest"] == 1000 and error["fragmented"] is True


@pytest.mark.expects("out-of-memory", "panic")
def test_what_shows_without_a_word_shows_after_a_halt_too(boot: Callable[..., Machine]) -> None:
    heap = Heap(boot(options="heap44.panic=halt").console)
    assert not heap.answer("vectest 1000000")["ok"]
    for command in ("allocator", "policy", "poison", "failafter", "bug", "trace", "asan", "fault"):
        assert heap.answer(command)["ok"], command
    for command in (
        *("allocator bump --force", "policy fit=best", "poison off"),
        *("failafter 1", "bug leak"),
    ):
        assert heap.answer(command)["error"]["code"] == "panic", command
