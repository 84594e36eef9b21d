# SPDX-License-Identifier: MIT
"""The C++ commands: the standard library's containers on the heap, and what they give back."""

from __future__ import annotations

import re

import pytest
from first_fit import HEAP_START
from heap44 import Heap, Heap44Error
from heap44.errors import BadArgument, OutOfMemory
from support import is_whole

COMMANDS = [
    *("boxtest", "vectest", "vectest 1", "rctest", "rctest 1", "strtest", "listtest"),
    *("dequetest", "heaptest", "maptest", "settest", "manyboxes 500", "manyboxes 500 keep=on"),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_container_works_and_gives_everything_back(either: Heap, command: str) -> None:
    trial = either.trial(command)
    assert trial.passed
    assert trial.steps, "it tells what it did"
    assert is_whole(either)
    stats = either.stats()
    assert stats.allocations == stats.frees > 0


@pytest.mark.parametrize("command", ["boxtest", "vectest", "rctest", "maptest"])
def test_a_container_leaves_the_blocks_of_others_alone(either: Heap, command: str) -> None:
    block = either.alloc(100, name="bystander")
    assert either.trial(command).passed
    assert either.blocks() == [block]


def test_simple_allocation_holds_41_and_13(either: Heap) -> None:
    values = [step.get("value") for step in either.trial("boxtest").steps]
    assert 41 in values and 13 in values


def test_large_vec_sums_up_to_what_gauss_says(either: Heap) -> None:
    values = [step.get("value") for step in either.vectest(1000).steps]
    assert 1000 * 999 // 2 in values


@pytest.mark.parametrize("count", [1, 2, 10, 4000])
def test_vectest_sums_any_count(either: Heap, count: int) -> None:
    values = [step.get("value") for step in either.vectest(count).steps]
    assert count * (count - 1) // 2 in values


@pytest.mark.parametrize("command", ["vectest 0", "manyboxes 0", "manyboxes 0 keep=on"])
def test_what_has_no_memory_has_no_address(either: Heap, command: str) -> None:
    trial = either.trial(command)
    assert trial.passed
    label = "vec" if "vec" in command else "boxes"
    assert [step["address"] for step in trial.steps if step["label"] == label] == [None]


def test_vectest_is_of_1000_unless_told(either: Heap) -> None:
    assert either.vectest() == either.vectest(1000)


def test_many_boxes_reuse_the_memory_of_those_before(either: Heap) -> None:
    trial = either.trial("manyboxes")
    assert trial.passed
    stats = either.stats()
    assert stats.allocations >= 102_400, "as many boxes as the heap has bytes"
    assert stats.peak_used < 1024


def test_many_boxes_work_beside_a_long_lived_one(either: Heap) -> None:
    assert either.trial("manyboxes keep=on").passed
    stats = either.stats()
    assert stats.allocations >= 102_401
    assert stats.peak_used >= 32
    assert is_whole(either)


def test_rctest_counts_as_many_owners_as_asked(either: Heap) -> None:
    values = [step.get("value") for step in either.trial("rctest 7").steps]
    assert 7 in values


def test_numbers_are_given_to_the_blocks_of_containers_too(either: Heap) -> None:
    either.trial("boxtest")
    given = either.stats().allocations
    assert either.alloc(16).id == given + 1


def test_a_container_that_does_not_fit_is_out_of_memory_with_its_layout(either: Heap) -> None:
    with pytest.raises(OutOfMemory) as failure:
        either.vectest(1_000_000)
    pattern = r"allocation error: Layout \{ size: \d+, align: \d+ \}"
    assert re.match(pattern, failure.value.message)


def test_what_a_stopped_container_held_stands_in_leaks(either: Heap) -> None:
    either.mark()
    with pytest.raises(OutOfMemory):
        either.vectest(1_000_000)
    leaks = either.leaks()
    assert leaks == either.blocks()
    assert leaks, "the vector that could not grow is still there"
    assert either.check().consistent
    either.free_all()
    assert is_whole(either)


def test_containers_fail_where_nothing_can_be_allocated(either: Heap) -> None:
    either.allocator("dummy")
    for command in COMMANDS[:4]:
        with pytest.raises(OutOfMemory) as failure:
            either.command(command)
        assert failure.value.message.startswith("allocation error: Layout { size: ")
    assert either.blocks() == []


@pytest.mark.parametrize("argument", ["x", "-1", "1 2", "count=3", "--fast", "0x"])
def test_vectest_refuses_what_is_no_count(either: Heap, argument: str) -> None:
    with pytest.raises(BadArgument):
        either.command(f"vectest {argument}")


def test_manyboxes_refuses_a_keep_that_is_neither_on_nor_off(either: Heap) -> None:
    with pytest.raises(BadArgument):
        either.command("manyboxes keep=maybe")


def test_a_full_heap_stops_containers_and_stays_as_it_was(either: Heap) -> None:
    either.alloc(102_400)
    with pytest.raises(Heap44Error):
        either.trial("boxtest")
    assert [(block.address, block.size) for block in either.blocks()] == [(HEAP_START, 102_400)]
