# SPDX-License-Identifier: MIT
"""`stress`: the laws of an allocator, kept by every design under random operations in the kernel.

That it finds what is broken is shown in tests/unit/shell/lab/stress_test.cpp, on designs broken on
purpose.
"""

from __future__ import annotations

import pytest
from heap44 import Heap, Machine
from heap44.errors import WouldLoseBlocks
from support import is_whole, refusal, state

DESIGNS = ("linked-list", "indexed", "bump", "fixed-size-block", "buddy", "tlsf", "dummy")
POLICIES = (
    "fit=next order=address coalesce=on",
    "fit=best order=size coalesce=on",
    "fit=worst order=recent coalesce=on",
    "fit=first order=recent coalesce=off",
)
SETTINGS = tuple(f"allocator {name}" for name in DESIGNS) + tuple(f"policy {p}" for p in POLICIES)


def promises_one_hole(setting: str) -> bool:
    """Classes keep what they were given, what is not joined stays apart; dummy has no holes."""
    return not any(name in setting for name in ("fixed-size-block", "coalesce=off", "dummy"))


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_design_keeps_its_laws(host: Heap, setting: str) -> None:
    for seed in (44, 7):
        keeps_its_laws(host, setting, 3000, seed)


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_design_keeps_its_laws_in_the_kernel(heap: Heap, setting: str) -> None:
    keeps_its_laws(heap, setting, 500, 44)


def keeps_its_laws(heap: Heap, setting: str, operations: int, seed: int) -> None:
    heap.command(setting)
    before = heap.stats()
    run = heap.stress(operations, seed=seed)
    assert run.passed and run.problem is None and run.commands is None
    assert (run.seed, run.operations) == (seed, operations)
    stats = heap.stats()
    assert (stats.allocator, stats.policy) == (before.allocator, before.policy)
    assert (stats.live, stats.allocations, stats.frees, stats.failures) == (0, 0, 0, 0)
    assert stats.free == before.free and heap.check().consistent


def test_the_heap_is_as_after_a_reset(either: Heap) -> None:
    either.alloc(32, name="gone")
    either.free("gone")
    either.stress(500)
    assert is_whole(either)
    assert either.alloc(32, name="gone").id == 1


def test_the_same_seed_does_the_same_in_the_kernel_and_on_the_host(heap: Heap, host: Heap) -> None:
    sides = {"kernel": heap, "host": host}
    runs = {
        (seed, name): side.stress(2000, seed=seed)
        for seed in (1, 2)
        for name, side in sides.items()
    }
    assert runs[1, "kernel"] == runs[1, "host"] and runs[2, "kernel"] == runs[2, "host"]
    assert runs[1, "host"].failures != runs[2, "host"].failures
    assert runs[1, "host"].failures > 0, "now and then the heap is full"


def test_the_seed_is_that_of_random_where_none_is_given(host: Heap) -> None:
    assert host.stress(10).seed == host.random(10).seed


def test_live_blocks_are_not_lost_unasked(either: Heap) -> None:
    block = either.alloc(64)
    before = state(either)
    with pytest.raises(WouldLoseBlocks):
        either.stress(10)
    assert state(either) == before and either.blocks() == [block]
    assert either.stress(10, force=True).passed
    assert either.blocks() == []


@pytest.mark.parametrize("setting", [each for each in SETTINGS if promises_one_hole(each)])
def test_after_all_frees_the_holes_are_those_of_a_fresh_heap(either: Heap, setting: str) -> None:
    either.command(setting)
    fresh = either.freelist().holes
    either.random(800, seed=11)
    assert len(either.freelist().holes) > len(fresh) or "bump" in setting
    either.free_all()
    assert either.freelist().holes == fresh


@pytest.mark.parametrize(
    "command",
    (
        "stress",
        "stress 0",
        "stress -1",
        "stress x",
        "stress 10000001",
        "stress 5 seed=x",
        "stress 5 6",
    ),
)
def test_bad_arguments_are_refused(host: Heap, command: str) -> None:
    refusal(host, command, "bad-argument")


def test_a_person_is_told_in_a_line(heap: Heap) -> None:
    text = heap.text("stress 1000 seed=5").strip()
    assert text.startswith("1000 operations with seed 5 on linked-list: every check passed")
    assert "\n" not in text


@pytest.mark.expects("interrupted")
def test_control_c_ends_it_with_an_empty_heap(machine: Machine, heap: Heap) -> None:
    heap.use("tlsf")
    machine.console.send(b"stress 10000000 --json\r")
    machine.console.read_to(b"--json\r\n")
    machine.console.send(b"\x03")
    assert heap.read_answer()["error"]["code"] == "interrupted"
    heap.resynchronise()
    stats = heap.stats()
    assert stats.allocator == "tlsf" and stats.live == 0 and stats.allocations == 0
    assert is_whole(heap)
