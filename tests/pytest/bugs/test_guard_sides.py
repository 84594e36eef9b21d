# SPDX-License-Identifier: MIT
"""guard-page with its guard on either side: what is stopped, and what is watched beside a block."""

from __future__ import annotations

from typing import Callable

import pytest
from address_plan import WINDOW as START
from address_plan import WINDOW_SIZE as SIZE
from heap44 import Heap, Machine
from heap44.errors import BadArgument, PageFault, WouldLoseBlocks
from heap_damage import only_report, problems, write
from support import refusal, state
from undo_checks import whole

PAGE = 4096
PATTERN = b"\xf5"


@pytest.fixture
def front(either: Heap) -> Heap:
    either.use("guard-page", guard="front")
    return either


@pytest.fixture(params=["front", "behind"])
def window(request: pytest.FixtureRequest, either: Heap) -> Heap:
    either.use("guard-page", guard=request.param)
    return either


# --- where blocks lie ---


@pytest.mark.parametrize(
    ("size", "align", "taken"),
    [(64, 8, 64), (13, 1, 13), (13, 8, 16), (0, 8, 8), (100, 64, 128), (4096, 8, 4096)]
    + [(4097, 8, 4104), (1, 4096, 4096), (100, 16384, 4096)],
)
def test_a_block_begins_where_its_guard_page_ends(
    front: Heap, size: int, align: int, taken: int
) -> None:
    block = front.alloc(size, align=align)
    assert block.block_size == taken and block.address % max(align, PAGE) == 0
    assert block.address == START + max(align, PAGE)
    refusal(front, f"peek {block.address - 1:#x} 1", "unmapped")
    assert front.check().consistent


def test_the_cells_show_the_guard_page_first(front: Heap) -> None:
    front.alloc(13)
    front.alloc(4096)
    front.free("#2")
    cells = [(c.address - START, c.size, c.kind, c.id) for c in front.heapmap().cells]
    assert cells == [
        (0, PAGE, "guard", 1),
        (PAGE, 13, "block", 1),
        (PAGE + 13, 3, "padding", 1),
        (PAGE + 16, PAGE - 16, "overhead", None),
        (2 * PAGE, 2 * PAGE, "unmapped", None),
        (4 * PAGE, SIZE - 4 * PAGE, "hole", None),
    ]
    stats = front.stats()
    assert (stats.used, stats.free) == (4 * PAGE, SIZE - 4 * PAGE)


def test_an_unmapped_page_is_told_by_its_block(front: Heap) -> None:
    first, second = front.alloc(100, count=2)
    front.free(second)
    place = front.where(first.address - 8)
    assert (place.kind, place.offset) == ("guard", -8)
    assert place.text == "8 bytes in front of #1, in its guard page"
    place = front.where(first.address - PAGE)
    assert place.text == "4096 bytes in front of #1, in its guard page"
    place = front.where(second.address - 1)
    assert (place.kind, place.offset) == ("unmapped", -1)
    assert front.where(second.address + PAGE).kind == "hole"


def test_a_realloc_moves_and_keeps_the_bytes(front: Heap) -> None:
    block = front.alloc(64)
    front.poke(block.address, b"moved")
    moved = front.realloc(block, 5000)
    assert moved.address == START + 3 * PAGE
    assert front.peek(moved.address, 5) == b"moved"
    assert front.check().consistent


# --- what the hardware stops ---


def test_an_underflow_is_stopped_by_the_hardware_alone(front: Heap) -> None:
    front.asan(False)
    report = front.bug("underflow")
    assert (report.code, report.access, report.offset) == ("page-fault", "write", -1)
    assert report.block is not None and report.block.size == 24
    assert report.address == report.block.address - 1
    assert "1 byte in front of #" in report.message and "in its guard page" in report.message


def test_each_side_stops_what_the_other_lets_pass(either: Heap) -> None:
    either.asan(False)
    for guard, stopped in (("front", -1), ("behind", 64)):
        either.use("guard-page", guard=guard, force=True)
        block = either.alloc(64)
        with pytest.raises(PageFault) as raised:
            either.read(block.address + stopped, 1)
        assert raised.value.details["offset"] == stopped
        passed = 64 if stopped < 0 else -1
        assert either.read(block.address + passed, 1) == PATTERN


# --- what is chosen, and what is told of it ---


def test_the_side_is_told(either: Heap) -> None:
    assert either.allocator()["guard"] is None
    assert either.use("guard-page").guard == "behind"
    assert either.use("guard-page", guard="front").guard == "front"
    assert either.policy().guard == "front"
    assert either.use("guard-page").guard == "front", "what is not named stays"
    assert either.command("allocator guard=behind")["guard"] == "behind"
    assert either.use("tlsf").guard is None
    assert either.use("guard-page").guard == "behind", "it is the default"


def test_the_side_is_told_in_text(heap: Heap) -> None:
    assert "* guard-page  guard=front\n" in heap.text("allocator guard-page guard=front")
    assert heap.text("stats").startswith("allocator      guard-page (guard front)\n")


def test_another_side_empties_the_heap_and_the_same_does_not(either: Heap) -> None:
    either.use("guard-page", guard="front")
    block = either.alloc(64)
    assert either.use("guard-page", guard="front").guard == "front"
    assert either.blocks() == [block]
    before = state(either)
    with pytest.raises(WouldLoseBlocks):
        either.use("guard-page", guard="behind")
    assert state(either) == before
    assert either.use("guard-page", guard="behind", force=True).guard == "behind"
    assert either.blocks() == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("guard-page guard=left", "guard=left is neither front nor behind"),
        ("guard-page guard=front guard=behind", "guard"),
        ("tlsf guard=front", "tlsf has no guard pages; 'allocator guard-page' has"),
        ("guard=front", "linked-list has no guard pages; 'allocator guard-page' has"),
        ("nosuch guard=front", "there is no design 'nosuch'"),
    ],
)
def test_a_side_where_none_can_be_is_refused(either: Heap, words: str, why: str) -> None:
    with pytest.raises(BadArgument) as refused:
        either.command(f"allocator {words}")
    assert why in refused.value.message
    assert either.allocator()["allocator"] == "linked-list"


def test_a_reset_keeps_it_and_reset_all_does_not(front: Heap) -> None:
    front.alloc(64)
    front.reset()
    assert front.allocator()["guard"] == "front"
    front.command("reset --all")
    front.use("guard-page")
    assert front.allocator()["guard"] == "behind"


def test_undo_and_snapshots_bring_it_back(machine: Machine, heap: Heap) -> None:
    heap.use("guard-page", guard="front")
    block = heap.alloc(13)
    heap.fill(block, 0x5A)
    was = whole(machine, heap)
    heap.snapshot("front")
    heap.use("guard-page", guard="behind", force=True)
    heap.use("guard-page", guard="front")
    heap.use("guard-page", guard="behind")
    heap.undo()
    assert heap.allocator()["guard"] == "front", "a change of nothing else is a step"
    heap.undo(2)
    assert whole(machine, heap) == was and heap.allocator()["guard"] == "front"
    heap.redo(3)
    assert heap.allocator()["guard"] == "behind" and heap.blocks() == []
    heap.restore("front")
    assert whole(machine, heap) == was
    assert heap.alloc(8).address == START + 3 * PAGE


def test_compare_and_bench_give_it_back(either: Heap) -> None:
    either.use("guard-page", guard="front")
    either.command('compare "alloc 64" --force')
    assert either.allocator()["guard"] == "front"
    either.bench("bump", force=True)
    assert either.allocator()["guard"] == "front"


def test_a_trace_repeats_it(either: Heap) -> None:
    either.use("guard-page", guard="front")
    either.trace("on")
    either.alloc(64)
    either.use("guard-page", guard="behind", force=True)
    either.alloc(64)
    trace = either.trace("off")
    assert "allocator guard-page guard=front --force; reset" in trace.commands
    assert "allocator guard-page guard=behind --force; reset" in trace.commands
    assert either.replay(force=True).identical
    assert [block.address for block in either.blocks()] == [START + PAGE - 64]


def test_the_programs_pass(front: Heap) -> None:
    for command in ("vectest 300", "maptest", "showcase", "manyboxes 300 keep=on"):
        assert front.trial(command).passed
    assert front.random(100, seed=3).failures == 0
    assert front.check().consistent
    assert front.stress(300, force=True).passed


# --- what is beside the blocks is filled and watched ---


def test_all_beside_a_block_on_its_pages_holds_the_pattern(window: Heap) -> None:
    block = window.zalloc(13, name="a")
    first = block.address // PAGE * PAGE
    page = window.peek(first, PAGE)
    start = block.address - first
    assert page == PATTERN * start + bytes(13) + PATTERN * (PAGE - 13 - start)
    window.free(block)
    window.poison(False)
    block = window.alloc(13)
    assert window.peek(block.address, 16) == bytes(16)


@pytest.mark.expects("overflow")
def test_padding_is_watched_as_under_other_designs(window: Heap) -> None:
    block = window.alloc(20, name="a")
    write(window, block.address + 21, b"\x00")
    assert problems(window) == [("overflow", block.address + 21)]
    report = only_report(window, "free a")
    assert (report["code"], report["size"], report["offset"]) == ("overflow", 1, 21)
    assert report["block"]["name"] == "a" and report["access"] == "write"
    assert "damage" not in window.command("alloc 20")


@pytest.mark.expects("underflow")
def test_the_bytes_in_front_are_watched_too(either: Heap) -> None:
    either.use("guard-page")
    block = either.alloc(24)
    assert block.address == START + 0xFE8
    write(either, START + 0xFE7, b"\x77")
    assert problems(either) == [("underflow", START + 0xFE7)]
    assert either.repair().problems == 1
    assert either.peek(START + 0xFE7, 1) == PATTERN and problems(either) == []
    write(either, START + 0xFE7, b"\x77")
    report = only_report(either, "realloc #1 100")
    assert (report["code"], report["offset"]) == ("underflow", -1)
    memory = report["memory"]
    assert int(memory["address"], 16) == START + 0xFD0
    assert bytes.fromhex(memory["bytes"])[0x17] == 0x77


@pytest.mark.expects("overflow")
def test_undo_brings_the_damage_back_and_takes_it_away(machine: Machine, heap: Heap) -> None:
    heap.use("guard-page")
    block = heap.alloc(20)
    sound = whole(machine, heap)
    write(heap, block.address + 20, b"\x01\x02")
    damaged = whole(machine, heap)
    heap.undo()
    assert whole(machine, heap) == sound and problems(heap) == []
    heap.redo()
    assert whole(machine, heap) == damaged
    assert problems(heap) == [("overflow", block.address + 20)]
    heap.free(block)
    heap.undo()
    assert whole(machine, heap) == damaged


def test_the_pattern_costs_undo_nothing(boot: Callable[..., Machine]) -> None:
    """Pages with nothing but zeros and the pattern: there is no room to copy so many."""
    heap = Heap(boot(memory="128M").console)
    heap.use("guard-page")
    blocks = heap.alloc(1, count=6000)
    heap.free(blocks[17])
    heap.undo()
    assert len(heap.blocks()) == 6000 and heap.check().consistent


def test_peek_marks_the_pattern(heap: Heap) -> None:
    heap.use("guard-page")
    heap.alloc(13)
    lines = heap.text(f"peek {START + PAGE - 24:#x} 24").splitlines()
    assert lines[0].endswith("overhead (poison)")
    assert lines[2].endswith("#1 +8, padding of #1 (poison)")


def test_what_was_there_already_is_written_unseen_but_not_by_the_hardware(either: Heap) -> None:
    """Comparing sees no write of the same value; a page that is not mapped stops any."""
    block, _ = either.alloc(13), either.alloc(16)
    write(either, block.address + 13, PATTERN * 3)
    assert either.check().consistent
    either.use("guard-page", force=True)
    either.asan(False)
    block = either.alloc(16)
    with pytest.raises(PageFault):
        either.read(block, 17)
