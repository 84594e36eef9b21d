# SPDX-License-Identifier: MIT
"""`why`: the search before it is made."""

from __future__ import annotations

from typing import Any

import pytest
from first_fit import HEAP_SIZE, HEAP_START
from heap44 import Heap, Machine, Rest, Search
from settings import FEWER_SETTINGS, SETTINGS, at, history, memory, placed, textbook
from support import refusal, state


@pytest.mark.parametrize("setting", SETTINGS)
def test_why_tells_what_alloc_then_does(heap: Heap, setting: str) -> None:
    heap.command(setting)
    commands, _ = history(len(setting) + 3, 50, why=True)
    chosen: str | None = None
    for command, answer in zip(commands, heap.pipeline(commands), strict=True):
        assert answer["ok"], answer
        if command.startswith("why"):
            chosen = answer["chosen"]
            _assert_explained(answer)
        elif command.startswith("alloc"):
            assert chosen == answer["blocks"][0]["address"], command


def _assert_explained(answer: dict[str, Any]) -> None:
    """The block and what is left lie in one hole that was visited and fits."""
    search = Search.of(answer)
    assert search.chosen is not None
    inside = [hole for hole in search.visited if 0 <= search.chosen - hole.address < hole.size]
    assert len(inside) == 1 and inside[0].fits
    assert all(hole.reason for hole in search.visited)
    for rest in search.left:
        assert inside[0].address <= rest.address
        assert rest.address + rest.size <= inside[0].address + inside[0].size
        assert not rest.address <= search.chosen < rest.address + rest.size


@pytest.mark.parametrize("setting", FEWER_SETTINGS)
def test_why_changes_nothing(machine: Machine, heap: Heap, setting: str) -> None:
    heap.command(setting)
    heap.random(80, seed=3)
    before = state(heap), heap.stats(), memory(machine)
    for size, align in ((1, 1), (40, 64), (700, 4096), (HEAP_SIZE, 8)):
        first = heap.why(size, align=align)
        assert heap.why(size, align=align) == first
    assert (state(heap), heap.stats(), memory(machine)) == before


@pytest.mark.parametrize("design", ("linked-list", "indexed"))
def test_why_passes_over_a_hole_that_would_keep_8_bytes(heap: Heap, design: str) -> None:
    heap.use(design)
    heap.ops("+40,+16,-0")
    search = heap.why(32)
    assert [(hole.address - HEAP_START, hole.size, hole.fits) for hole in search.visited] == [
        (0, 40, False),
        (56, HEAP_SIZE - 56, True),
    ]
    assert "8 bytes" in search.visited[0].reason
    assert search.chosen == at(56)
    assert search.left == (Rest(at(88), HEAP_SIZE - 88),)
    assert heap.why(40).left == ()
    assert heap.why(24).left == (Rest(at(24), 16),)


@pytest.mark.parametrize("design", ("linked-list", "indexed"))
def test_why_leaves_the_padding_of_an_alignment(heap: Heap, design: str) -> None:
    heap.use(design)
    heap.ops("+80,+16,-0,+8")
    search = heap.why(32, align=64)
    assert [(hole.address - HEAP_START, hole.size, hole.fits) for hole in search.visited] == [
        (16, 64, False),
        (96, HEAP_SIZE - 96, True),
    ]
    assert "align" in search.visited[0].reason
    assert search.chosen == at(128)
    assert search.left == (Rest(at(96), 32), Rest(at(160), HEAP_SIZE - 160))


@pytest.mark.parametrize(
    ("policy", "visited", "chosen", "left"),
    (
        ("fit=first", [0, 0x78], 0x78, (0x150, 288)),
        ("fit=best", [0, 0x78, 0x280, 0x358, 0x498], 0x358, (0x430, 88)),
        ("fit=worst", [0, 0x78, 0x280, 0x358, 0x498], 0x498, (0x570, 384)),
        ("fit=first order=size", [0, 0x280, 0x358], 0x358, (0x430, 88)),
        ("fit=first order=recent", [0x498], 0x498, (0x570, 384)),
    ),
)
def test_why_visits_what_the_policy_looks_at(
    heap: Heap, policy: str, visited: list[int], chosen: int, left: tuple[int, int]
) -> None:
    textbook(heap, policy)
    search = heap.why(212)
    assert [hole.address - HEAP_START for hole in search.visited] == visited
    assert search.chosen == at(chosen)
    assert search.left == (Rest(at(left[0]), left[1]),)


def test_why_under_next_fit_goes_round(heap: Heap) -> None:
    textbook(heap, "fit=next")
    assert placed(heap, 417) == [0x78]  # 80 bytes are left at 0x220
    assert [hole.address - HEAP_START for hole in heap.why(212).visited] == [0x220, 0x280, 0x358]
    assert placed(heap, 592) == [None]  # 8 bytes would be left
    assert placed(heap, 600) == [0x498]  # its successor is the list's beginning
    assert [hole.address - HEAP_START for hole in heap.why(100).visited] == [0]
    search = heap.why(5000)
    assert (len(search.visited), search.chosen, search.left) == (4, None, ())
    assert {hole.reason for hole in search.visited} == {"too small"}


def test_why_refuses_bad_arguments(heap: Heap) -> None:
    for command in ("why", "why x", "why -1", "why 8 align=3", "why 8 align=0", "why 8 9"):
        refusal(heap, command, "bad-argument")
    refusal(heap, "why 8 count=2", "bad-argument")
