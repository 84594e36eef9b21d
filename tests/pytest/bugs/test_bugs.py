# SPDX-License-Identifier: MIT
"""Every classic heap error, committed on purpose in C++: found, named, survived, repeatable."""

from __future__ import annotations

import re

import pytest
from bug_table import BUGS
from code_lines import split_caller
from first_fit import HEAP_START
from heap44 import Heap
from heap44.machine import build_directory
from support import is_whole, refusal

READS = ["over-read", "under-read", "read-after-free", "dangling"]
ACCESSES = ["use-after-free", "overflow", "underflow", *READS]
FREED = [name for name in BUGS if BUGS[name].freed]
NO_CODE = ("deadlock", "corrupt-list")
"""Reported with another code address than one in the bug's function, or with none."""
DESIGNS = ["bump", "linked-list", "indexed", "fixed-size-block", "buddy", "tlsf"]
COMMANDS = [
    *("showcase", "boxtest", "vectest", "rctest", "strtest", "listtest", "dequetest"),
    *("heaptest", "maptest", "settest", "manyboxes 500", "manyboxes 500 keep=on"),
]


def _function(name: str) -> str:
    return "bugs::" + name.replace("-", "_")


def _goes_on(heap: Heap) -> None:
    """The heap is sound, also behind what the bug has left there, and containers work."""
    assert heap.check().consistent
    assert heap.vectest(100).passed
    block = heap.alloc(64)
    assert heap.free(block)[0].address == block.address


@pytest.mark.parametrize("name", BUGS)
def test_a_bug_is_found_and_named(either: Heap, name: str) -> None:
    bystander = either.alloc(64)
    expected = BUGS[name]
    bug = either.commit(name)
    report = bug.report
    assert report is not None
    assert report.code == expected.code
    assert report.message
    if expected.block is None:
        assert report.block is None and report.allocated_by is None
    else:
        assert report.block is not None
        assert report.block.id == expected.block
        assert report.block.size == expected.size
        assert report.offset == expected.offset
        assert report.address == report.block.address + expected.offset
        assert report.block.caller.startswith(_function(name))
        assert (report.block.state == "freed") == expected.freed
        assert report.allocated_by == report.block.caller
        assert (report.freed_by is not None) == expected.freed
    if expected.touched is not None:
        assert report.size == expected.touched
    assert bug.blocks_left == expected.left
    assert either.block(bystander) == bystander
    _goes_on(either)


@pytest.mark.parametrize("name", [name for name in BUGS if name not in NO_CODE])
def test_the_report_names_the_function_that_did_it(either: Heap, name: str) -> None:
    caller = either.bug(name).caller
    assert caller is not None and caller.startswith(_function(name) + "+")


@pytest.mark.parametrize("name", [name for name in FREED if name not in NO_CODE])
def test_the_report_names_who_freed_the_block(either: Heap, name: str) -> None:
    freed_by = either.bug(name).freed_by
    assert freed_by is not None and freed_by.startswith(_function(name) + "+")


@pytest.mark.parametrize("name", BUGS)
def test_what_a_bug_leaves_behind_stands_in_leaks_with_its_caller(either: Heap, name: str) -> None:
    either.mark()
    bug = either.commit(name)
    leaks = either.leaks()
    assert len(leaks) == bug.blocks_left == BUGS[name].left
    assert sum(block.block_size for block in leaks) == bug.bytes_left
    assert all(block.caller.startswith(_function(name)) for block in leaks)
    if leaks:
        either.free_all()
    assert is_whole(either)


@pytest.mark.parametrize("name", [name for name in BUGS if BUGS[name].left])
def test_leaks_tell_the_lines_of_the_calls(heap: Heap, name: str) -> None:
    """As the report does: one line in the heading, or, where there are several, one a block."""
    heap.commit(name)
    callers = [split_caller(block.caller) for block in heap.leaks()]
    lines = [f"{file}:{line}" for _, _, file, line in callers]
    heading, *rows, _ = heap.text("leaks").splitlines()
    assert len(rows) == len(lines)
    if len({*lines}) == 1:
        assert heading.endswith(f" allocated by {callers[0][0]} ({lines[0]})")
    else:
        assert heading.endswith(f" allocated by {callers[0][0]}")
        assert [row.split()[-1] for row in rows] == lines


def test_a_leak_is_told_with_one_line(heap: Heap) -> None:
    report = heap.bug("leak")
    assert report.allocated_by is not None
    _, _, file, line = split_caller(report.allocated_by)
    assert f"1 block, 104 bytes, allocated by bugs::leak ({file}:{line})\n" in heap.text("leaks")


@pytest.mark.expects(*(bug.code for bug in BUGS.values()))
@pytest.mark.parametrize("name", BUGS)
def test_a_bug_can_be_committed_many_times(heap: Heap, name: str) -> None:
    answers = heap.pipeline([f"bug {name}"] * 25)
    assert [answer["report"]["code"] for answer in answers] == [BUGS[name].code] * 25
    assert len(heap.blocks()) == 25 * BUGS[name].left
    _goes_on(heap)


@pytest.mark.expects(*(bug.code for bug in BUGS.values()))
def test_bugs_of_all_kinds_follow_each_other(heap: Heap) -> None:
    names = [*BUGS, *reversed(BUGS)]
    answers = heap.pipeline(f"bug {name}" for name in names)
    assert [answer["report"]["code"] for answer in answers] == [BUGS[name].code for name in names]
    _goes_on(heap)


def test_the_list_names_every_bug(heap: Heap) -> None:
    assert heap.command("bug")["names"] == list(BUGS)
    lines = heap.text("bug").splitlines()
    assert [line.split()[0] for line in lines] == list(BUGS)
    assert all(len(line.split()) > 2 for line in lines), "each has a line that says what it does"


@pytest.mark.expects(*(bug.code for bug in BUGS.values()))
@pytest.mark.parametrize("name", BUGS)
def test_a_bug_shows_its_lines_first(heap: Heap, name: str) -> None:
    source = heap.commit(name).source
    assert source[0].startswith(f"void {name.replace('-', '_')}(Context&")
    assert source[-1] == "}"
    assert 3 <= len(source) <= 12
    printed = heap.text(f"bug {name}").splitlines()
    assert [line.strip() for line in printed[: len(source)]] == [line.strip() for line in source]
    assert printed[len(source)] == ""
    assert printed[len(source) + 1].startswith(BUGS[name].code + ": ")


def test_the_lines_are_those_of_the_source(heap: Heap) -> None:
    path = build_directory().parent / "src/shell/commands/bugs.cpp"
    if not path.exists():
        pytest.skip("built elsewhere")
    text = path.read_text(encoding="utf-8")
    for name in BUGS:
        assert "\n".join(heap.commit(name).source) + "\n" in text


@pytest.mark.parametrize("word", ["none", "Overflow", "over", "''"])
def test_an_unknown_bug_is_refused_with_the_list(either: Heap, word: str) -> None:
    error = refusal(either, f"bug {word}", "bad-argument")
    assert all(name in error.message for name in BUGS)


def test_a_corrupt_list_is_shown_as_it_was_found(either: Heap) -> None:
    report = either.bug("corrupt-list").raw
    memory = report["memory"]
    start = int(report["address"], 16) - int(memory["address"], 16)
    found = bytes.fromhex(memory["bytes"])[start:]
    assert int.from_bytes(found[:8], "little") == 41
    assert int.from_bytes(found[8:16], "little") == 13
    assert "has size 41, it should be" in report["message"]


def test_an_overflow_names_the_bytes(either: Heap) -> None:
    message = either.bug("overflow").message
    pattern = rf"write of 4 bytes at {HEAP_START + 12:#x}, right behind #1 \(12 bytes at 0x"
    assert re.match(pattern, message), message


def test_an_underflow_names_the_bytes(either: Heap) -> None:
    message = either.bug("underflow").message
    pattern = rf"write of 24 bytes at {HEAP_START + 23:#x}, 1 byte in front of #2 \(24 bytes at 0x"
    assert re.match(pattern, message), message


def test_a_use_after_free_names_who_freed_the_block_and_when(either: Heap) -> None:
    message = either.bug("use-after-free").message
    pattern = (
        rf"write of 8 bytes at {HEAP_START:#x}, byte 0 of #1 \(24 bytes at 0x[0-9a-f]+\), "
        r"freed by bugs::use_after_free\+0x[0-9a-f]+.* in command \d+"
    )
    assert re.match(pattern, message), message


@pytest.mark.parametrize("name", READS)
def test_a_read_is_told_as_one(either: Heap, name: str) -> None:
    report = either.bug(name)
    assert report.access == "read"
    assert report.message.startswith(f"read of {report.size} bytes at {report.address:#x}, ")


def test_an_over_read_says_how_far_it_goes(either: Heap) -> None:
    message = either.bug("over-read").message
    pattern = rf"read of 16 bytes at {HEAP_START:#x}, reaching 4 bytes past #1 \(12 bytes at 0x"
    assert re.match(pattern, message), message


def test_a_wrong_delete_says_which_form_is_needed(either: Heap) -> None:
    bug = either.commit("array-delete")
    assert bug.report is not None
    assert bug.report.message == (
        f"delete of {HEAP_START:#x}, but block #1 (8 bytes) came from new[] and needs delete[]"
    )
    assert [block.id for block in either.blocks()] == [1], "it is not freed"


def test_a_cycle_names_both_blocks(either: Heap) -> None:
    message = either.bug("cycle").message
    assert "2 blocks" in message and "#1 (" in message and ", #2 (" in message


# --- the access is stopped before it happens ---


@pytest.mark.parametrize("name", ["overflow", "underflow", "use-after-free"])
def test_a_wrong_write_does_not_happen(either: Heap, name: str) -> None:
    report = either.bug(name)
    assert report.address is not None and report.size is not None
    # What is written there otherwise; a hole's or a padding's bytes are never it.
    words = {"overflow": (44).to_bytes(4, "little"), "underflow": b"-"}
    written = words.get(name, (41).to_bytes(8, "little"))
    assert either.peek(report.address, len(written)) != written


@pytest.mark.expects("overflow", "underflow")
@pytest.mark.parametrize("name", ["overflow", "underflow", "use-after-free"])
def test_a_wrong_write_happens_where_nobody_checks(either: Heap, name: str) -> None:
    address = either.bug(name).address
    either.reset()
    assert address is not None
    either.asan(False)
    bug = either.commit(name)
    assert bug.report is None or bug.report.code not in ("page-fault", "panic")
    assert bug.report is not None or bug.note


# --- what must not be reported ---


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("design", DESIGNS)
def test_correct_code_is_not_stopped(heap: Heap, design: str, command: str) -> None:
    heap.use(design)
    answer = heap.command(command)
    assert answer["passed"] and "report" not in answer
    assert heap.blocks() == []
    assert heap.check().consistent


@pytest.mark.parametrize("command", COMMANDS)
def test_correct_code_is_not_stopped_among_freed_blocks(either: Heap, command: str) -> None:
    either.pipeline(["alloc 20 count=40", "free odd"])
    assert either.trial(command).passed
    assert len(either.blocks()) == 20


@pytest.mark.parametrize("name", BUGS)
def test_blocks_of_others_are_not_blamed(either: Heap, name: str) -> None:
    """Neighbours live and freed, close to what the bug allocates, change nothing."""
    either.pipeline(["alloc 20 count=9", "free even"])
    last = either.stats().allocations
    report = either.bug(name)
    assert report.code == BUGS[name].code
    assert report.block is None or report.block.id > last


def test_the_sanitizer_is_on_until_it_is_switched_off(either: Heap) -> None:
    assert either.command("asan")["on"] is True
    assert either.asan(False) is False
    assert either.command("asan")["on"] is False
    assert either.asan(True) is True
    assert either.asan(True) is True, "a second time changes nothing"
    assert either.bug("overflow").code == "overflow"


@pytest.mark.parametrize("word", ["maybe", "1", "on off"])
def test_asan_takes_on_or_off(either: Heap, word: str) -> None:
    refusal(either, f"asan {word}", "bad-argument")


@pytest.mark.expects("overflow", "underflow")
@pytest.mark.parametrize("name", ACCESSES)
def test_nothing_is_reported_where_nobody_checks(either: Heap, name: str) -> None:
    """Reads and writes pass then; only the design's own words may tell of it."""
    either.alloc(64)
    either.asan(False)
    bug = either.commit(name)
    if bug.report is None:
        assert bug.note is not None and "'asan' is off" in bug.note
    else:
        assert bug.report.code == "corrupted-heap"
        assert name == "use-after-free"
    either.reset()
    assert is_whole(either)


@pytest.mark.parametrize("name", [name for name in BUGS if name not in ACCESSES])
def test_other_bugs_are_found_all_the_same_where_nobody_checks(either: Heap, name: str) -> None:
    either.asan(False)
    assert either.bug(name).code == BUGS[name].code


# --- other designs ---


@pytest.mark.parametrize("name", [name for name in BUGS if name != "corrupt-list"])
@pytest.mark.parametrize("design", [*DESIGNS, "guard-page"])
def test_every_design_has_its_bugs_found(either: Heap, design: str, name: str) -> None:
    either.use(design)
    report = either.bug(name)
    assert report.code == BUGS[name].code
    if report.block is not None:
        assert report.offset == BUGS[name].offset
    assert either.check().consistent


@pytest.mark.parametrize("design", DESIGNS)
def test_a_list_outside_the_heap_cannot_be_corrupted_there(either: Heap, design: str) -> None:
    either.use(design)
    bug = either.commit("corrupt-list")
    assert (bug.report is None) == (design in ("bump", "buddy")), bug
    assert bug.report is None or bug.report.code == "corrupted-heap"
    assert bug.report is not None or bug.note
    _goes_on(either)


@pytest.mark.parametrize("name", BUGS)
def test_without_memory_a_bug_ends_in_out_of_memory(either: Heap, name: str) -> None:
    either.use("dummy")
    code = BUGS[name].code if name in ("foreign-free", "deadlock") else "out-of-memory"
    assert either.bug(name).code == code
    assert either.blocks() == []
