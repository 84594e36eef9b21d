# SPDX-License-Identifier: MIT
"""Memory runs out at every allocation in turn: no crash, no leak, the heap stays sound."""

from __future__ import annotations

from itertools import count

import pytest
from heap44 import Heap
from heap44.errors import OutOfMemory
from support import is_whole, refusal, state

SHELL = ["alloc 64", "alloc 64 align=128 count=5 name=x", "zalloc 32 count=3", "realloc b 4000"]
SHELL += ["realloc b 8", "realloc c 300"]
CPP = ["showcase", "boxtest", "vectest 200", "rctest 5", "strtest", "listtest", "dequetest"]
FEW_ALLOCATIONS = [*CPP[:5], "heaptest", "manyboxes 6 keep=on"]
CPP += ["heaptest", "maptest", "settest", "manyboxes 6", "manyboxes 6 keep=on"]
DESIGNS = ["linked-list", "indexed", "bump", "fixed-size-block", "buddy", "tlsf"]


def _crowd(heap: Heap) -> None:
    """Some blocks, and a hole between them."""
    heap.pipeline(["alloc 40 name=a", "alloc 200 name=gap", "alloc 100 name=b", "alloc 50 name=c"])
    heap.free("gap")


@pytest.mark.parametrize("command", SHELL)
@pytest.mark.parametrize("design", DESIGNS)
def test_a_typed_command_changes_nothing_when_any_of_its_allocations_fails(
    host: Heap, design: str, command: str
) -> None:
    host.use(design)
    _crowd(host)
    for number in count(1):
        assert host.failafter(number) == number
        before = state(host)
        answer = host.answer(command)
        left = host.failafter()
        if answer["ok"]:
            break
        assert left == 0, "it fails only where it was told to"
        assert answer["error"]["code"] == "out-of-memory"
        assert "failafter" in answer["error"]["message"]
        assert state(host) == before
        assert host.check().consistent
    assert number > 1, "the command allocates nothing"
    assert left == 1, f"all of {command}'s allocations have failed once, and then no other"
    host.failafter("off")


@pytest.mark.expects("out-of-memory")
@pytest.mark.parametrize(
    ("command", "asked"),
    [("alloc 8", 8), ("zalloc 40 count=3", 120), ("realloc b 4000", 4000), ("boxtest", 8)],
)
def test_a_failure_by_order_has_all_figures_and_its_reason(
    either: Heap, command: str, asked: int
) -> None:
    _crowd(either)
    free = either.freelist()
    either.failafter(1)
    error = either.answer(command)["error"]
    assert error["code"] == "out-of-memory"
    assert "'failafter' let" in error["message"] and "hole" not in error["message"]
    assert (error["asked"], error["reason"], error["fragmented"]) == (asked, "failafter", False)
    assert (error["largest"], error["free"]) == (free.largest, free.free)


def test_other_failures_have_a_reason_too(either: Heap) -> None:
    either.alloc(8)
    free = either.freelist().largest
    for command, reason in [
        (f"alloc {free + 1}", "no-hole"),
        ("alloc 1000 count=200", "no-hole"),
        ("realloc #1 1M", "no-hole"),
        (f"alloc {free} align=64", "design"),
    ]:
        assert either.answer(command)["error"]["reason"] == reason, command


def test_ops_tells_why_each_of_its_allocations_failed(either: Heap) -> None:
    either.failafter(2)
    done = either.ops("+10,+20,-1,+1M,-0")
    assert [(item.reason, item.block is None) for item in done] == [
        (None, False),
        ("failafter", True),
        (None, True),
        ("no-hole", True),
        (None, False),
    ]


def test_ops_says_so_in_words(heap: Heap) -> None:
    heap.failafter(1)
    assert heap.text("ops +10,-0,+1M").splitlines() == [
        "     +10  'failafter' let it fail",
        "      -0  nothing: that allocation had failed",
        "     +1M  no hole fits",
    ]


@pytest.mark.parametrize("command", ["random 1", "stress 1 seed=1"])
def test_exercises_blame_no_hole_for_it(heap: Heap, command: str) -> None:
    heap.failafter(1)
    said = heap.text(command)
    assert "hole" not in said and said.endswith((", 1 that failed\n", "; 1 failed\n"))


@pytest.mark.expects("out-of-memory")
@pytest.mark.parametrize("command", CPP)
def test_a_cpp_command_leaves_what_it_says_and_nothing_else(host: Heap, command: str) -> None:
    leaves_what_it_says(host, command)


@pytest.mark.expects("out-of-memory")
@pytest.mark.parametrize("command", FEW_ALLOCATIONS)
def test_so_it_does_in_the_kernel(heap: Heap, command: str) -> None:
    leaves_what_it_says(heap, command)


def leaves_what_it_says(heap: Heap, command: str) -> None:
    _crowd(heap)
    free, blocks = heap.freelist(), heap.blocks()
    for number in count(1):
        heap.mark()
        heap.failafter(number)
        answer = heap.answer(command)
        left = heap.failafter()
        if left > 0:
            break
        assert answer["error"]["code"] == "out-of-memory"
        assert answer["error"]["message"].startswith("allocation error: Layout { size: ")
        assert heap.check().consistent
        left_behind = [block for block in heap.blocks() if block not in blocks]
        assert heap.leaks() == left_behind
        assert answer["error"]["blocks_left"] == len(left_behind)
        assert answer["error"]["bytes_left"] == sum(block.block_size for block in left_behind)
        if left_behind:
            heap.free(*left_behind)
        assert (heap.freelist(), heap.blocks()) == (free, blocks)
    assert number > 1 and answer["ok"] and answer["leaked"] == []
    assert (heap.freelist(), heap.blocks()) == (free, blocks)
    heap.failafter("off")


@pytest.mark.parametrize("command", ["ops +10,+20,-0,+30,-1,-2", "random 60 seed=3"])
def test_an_exercise_goes_on_after_an_allocation_that_fails(either: Heap, command: str) -> None:
    for number in count(1):
        either.reset()
        either.failafter(number)
        answer = either.answer(command)
        left = either.failafter()
        assert answer["ok"] and either.check().consistent
        if left > 0:
            break
        if "operations" in answer and isinstance(answer["operations"], list):
            assert answer["operations"][[0, 1, 3][number - 1]]["block"] is None
        else:
            assert answer["failures"] == 1
        either.free_all()
        assert is_whole(either)
    assert number > 3
    either.failafter("off")


def test_repeat_survives_failures_too(either: Heap) -> None:
    for number in count(1):
        either.failafter(number)
        assert either.command("repeat 4 alloc 16")["ok"]
        left = either.failafter()
        assert either.check().consistent
        either.free_all()
        assert is_whole(either)
        if left > 0:
            break
    assert number > 4
    either.failafter("off")


@pytest.mark.parametrize("number", range(1, 5))
def test_compare_survives_failures_too(either: Heap, number: int) -> None:
    """And it fails in each design, not in the first alone."""
    either.failafter(number)
    results = either.command('compare "alloc 16; alloc 16 count=2; free #1; check"')["results"]
    for each in results:
        assert each["stats"]["failures"] == (1 if number < 4 else 0)
        assert each["results"][-1]["consistent"]
    assert either.failafter() == number
    assert is_whole(either)
    either.failafter("off")


def test_it_happens_once_and_counts_as_a_failure(either: Heap) -> None:
    assert either.failafter() == 0
    assert either.failafter(2) == 2
    assert either.alloc(8).id == 1
    assert either.failafter() == 1
    error = refusal(either, "alloc 8", "out-of-memory")
    assert "8 bytes" in str(error)
    assert either.stats().failures == 1
    assert either.alloc(8).id == 2, "only that one failed, and its number is used again"


def test_it_can_be_cancelled_and_outlives_a_reset(either: Heap) -> None:
    either.failafter(1)
    assert either.failafter("off") == 0
    either.alloc(8)
    either.failafter(1)
    either.reset()
    with pytest.raises(OutOfMemory):
        either.alloc(8)
    either.failafter(3)
    assert either.failafter(0) == 0


def test_looking_and_freeing_do_not_count(either: Heap) -> None:
    block = either.alloc(100)
    either.failafter(1)
    for command in ("heapmap", "why 64", "check", "stats", f"free #{block.id}"):
        assert either.answer(command)["ok"]
    assert either.failafter() == 1
    either.failafter("off")


@pytest.mark.parametrize("word", ["x", "-1", "1 2", "0x1_0000_0000_0000_0000"])
def test_a_bad_number_is_refused(either: Heap, word: str) -> None:
    refusal(either, f"failafter {word}", "bad-argument")
    assert either.failafter() == 0
