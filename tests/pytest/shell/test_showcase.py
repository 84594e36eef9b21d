# SPDX-License-Identifier: MIT
"""The seed program: what it prints, where it puts things, and that it gives all back."""

from __future__ import annotations

import pytest
from first_fit import HEAP_START
from heap44 import Heap
from support import is_whole

LINES = [
    "heap_value at 0x444444440000",
    "vec at 0x444444440800",
    "current reference count is 2",
    "reference count is 1 now",
    "It did not crash!",
]


def test_showcase_prints_the_lines_of_the_seed_program_in_order(heap: Heap) -> None:
    printed = heap.text("showcase").splitlines()
    assert [line for line in printed if line in LINES] == LINES


def test_showcase_prints_each_line_once(heap: Heap) -> None:
    printed = heap.text("showcase").splitlines()
    assert [printed.count(line) for line in LINES] == [1] * len(LINES)


def test_showcase_passes_and_tells_both_addresses(either: Heap) -> None:
    trial = either.showcase()
    assert trial.passed
    addresses = [int(step["address"], 16) for step in trial.steps if step.get("address")]
    assert addresses[:2] == [HEAP_START, HEAP_START + 0x800]


def test_showcase_tells_both_reference_counts_in_order(either: Heap) -> None:
    counts = [s["value"] for s in either.showcase().steps if "reference count" in s["label"]]
    assert counts == [2, 1]


def test_showcase_leaves_a_fresh_heap_in_one_hole(either: Heap) -> None:
    either.showcase()
    assert is_whole(either)
    assert either.stats().live == 0


def test_showcase_is_the_same_the_second_time(either: Heap) -> None:
    assert either.showcase() == either.showcase()


def test_showcase_starts_behind_a_block_that_is_there(either: Heap) -> None:
    block = either.alloc(64)
    first = next(s for s in either.showcase().steps if s.get("address"))
    assert int(first["address"], 16) == block.end
    assert [live.id for live in either.blocks()] == [block.id]


def test_showcase_counts_its_allocations_and_frees(either: Heap) -> None:
    either.showcase()
    stats = either.stats()
    assert stats.allocations == stats.frees > 3
    assert stats.peak_used >= 2048


@pytest.mark.parametrize("form", ["showcase", "showcase ", "  showcase"])
def test_showcase_does_not_mind_blanks(heap: Heap, form: str) -> None:
    assert LINES[-1] in heap.text(form).splitlines()
