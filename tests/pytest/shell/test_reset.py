# SPDX-License-Identifier: MIT
"""``reset --all``: whatever was set since boot is set back, and what belongs to a session stays."""

from __future__ import annotations

import pytest
from heap44 import Heap, Heap44Error, Machine

CHANGES = (
    *("asan off", "trace on", "failafter 3", "poison off", "allocator tlsf", "policy fit=best"),
    *("allocator buddy; undo; redo", "allocator tlsf; alloc 64; poison off; undo; redo"),
    "trace on; alloc 8; trace off",
)
SETTINGS = ("asan", "trace", "failafter", "poison", "allocator", "policy")


def settings(heap: Heap) -> list[object]:
    return [
        {key: value for key, value in answer.items() if key != "seq"}
        for answer in heap.pipeline(SETTINGS)
    ]


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_line_set_is_set_back(either: Heap, change: str) -> None:
    before = settings(either)
    either.answers(change, change.count(";") + 1)
    assert settings(either) != before
    live = either.stats().live
    assert either.command("reset --all")["live"] == live
    assert settings(either) == before
    assert either.blocks() == [] and either.alloc(8).id == 1


def test_live_blocks_need_no_force(either: Heap) -> None:
    either.use("buddy")
    block = either.alloc(100, name="a")
    assert either.command("reset --all")["live"] == 1
    assert either.allocator()["allocator"] == "linked-list"
    either.undo()
    assert either.allocator()["allocator"] == "buddy"
    assert [(each.name, each.address) for each in either.blocks()] == [("a", block.address)]


def test_undo_brings_back_the_heap_and_not_the_switch(either: Heap) -> None:
    either.poison(False)
    block = either.alloc(40)
    either.free(block)
    kept = either.alloc(16)
    either.command("reset --all")
    either.undo()
    assert [each.id for each in either.blocks()] == [kept.id]
    assert either.poison() is True
    assert either.check().consistent
    assert either.peek(kept.address + 32, 4) == b"\xf5" * 4, "what was free then is watched now"


@pytest.mark.expects("corrupted-heap")
def test_a_heap_with_broken_words_is_set_back_as_well(either: Heap) -> None:
    either.poison(False)
    first, _ = either.alloc(64), either.alloc(64)
    either.free(first)
    either.poke(first.address + 8, b"\x01", force=True)
    assert not either.check().consistent
    either.command("reset --all")
    assert either.check().consistent and either.poison() is True


def test_snapshots_and_records_are_gone(either: Heap) -> None:
    either.trace("on")
    either.alloc(8)
    either.snapshot("before")
    either.command("reset --all")
    with pytest.raises(Heap44Error) as refused:
        either.restore("before")
    assert refused.value.code == "no-such-snapshot"
    assert either.command("trace show")["events"] == []
    assert either.snapshot("after").snapshots == ("after",)


def test_all_places_for_snapshots_are_free_again(either: Heap) -> None:
    """Also those of the pages that blocks under guard-page have."""
    for _ in range(3):
        either.use("guard-page")
        for number in range(3):
            either.alloc(5000)
            either.snapshot(f"s{number}")
        either.command("reset --all")


def test_watches_are_gone(heap: Heap) -> None:
    heap.watch(heap.alloc(16).address, 8)
    heap.command("reset --all")
    assert heap.command("watch")["watches"] == []


def test_what_belongs_to_the_session_stays(machine: Machine, heap: Heap) -> None:
    heap.command("ansi on")
    number = heap.command("echo x")["seq"]
    assert heap.command("reset --all")["seq"] == number + 1
    assert heap.command("ansi")["on"] is True
    assert "reset --all --json" in heap.command("history")["lines"]


def test_it_says_so(machine: Machine, heap: Heap) -> None:
    heap.alloc(8)
    text = heap.text("reset --all")
    assert text.splitlines()[0] == "the heap is empty, and all is set as at boot; 1 block is gone"


def test_the_design_of_the_boot_option_comes_back(boot: object) -> None:
    machine = boot(options="heap44.allocator=tlsf")  # type: ignore[operator]
    machine.heap.use("bump")
    machine.heap.command("reset --all")
    assert machine.heap.allocator()["allocator"] == "tlsf"
