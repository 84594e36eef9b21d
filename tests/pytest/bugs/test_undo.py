# SPDX-License-Identifier: MIT
"""Back in time with undo and redo, judged by QEMU's look at the memory."""

from __future__ import annotations

import random
from typing import Any, Callable

import pytest
from first_fit import HEAP_SIZE, HEAP_START
from heap44 import Heap, Machine
from support import random_commands, refusal, state, told
from undo_checks import PAGE, SETUP, steps_ever, undone_exactly, whole

Boot = Callable[..., Machine]

DESIGNS = (
    "linked-list", "indexed", "bump", "fixed-size-block", "buddy", "tlsf", "dummy", "guard-page"
)  # fmt: skip

CHANGES = (
    "alloc 64", "alloc 16 count=20 name=b", "zalloc 5000", "realloc #2 500", "realloc #2 8",
    "free vec", "free all", "free even", "reset", "ops +10,+20,-0", "random 300 seed=3",
    "repeat 50 alloc 8", "time alloc 24", "showcase", "boxtest", "vectest", "rctest", "strtest",
    "listtest", "dequetest", "heaptest", "maptest", "settest", "manyboxes 500",
    "manyboxes 5000 keep=on", "policy fit=best --force",
)  # fmt: skip


@pytest.mark.parametrize("command", CHANGES)
def test_each_changing_command_is_undone_exactly(
    machine: Machine, heap: Heap, command: str
) -> None:
    heap.pipeline(SETUP)
    drawn = told(heap, "heapmap")
    assert undone_exactly(machine, heap, command)["ok"]
    assert told(heap, "heapmap") == drawn


@pytest.mark.long
@pytest.mark.expects("out-of-memory")
@pytest.mark.parametrize("design", DESIGNS)
def test_every_design_is_undone_exactly(machine: Machine, heap: Heap, design: str) -> None:
    if design != "linked-list":
        undone_exactly(machine, heap, f"allocator {design} --force")
        heap.use(design, force=True)
    heap.pipeline(SETUP)
    commands = ["vectest", "random 500", "reset"]
    if design != "dummy":
        commands += ["free a2 vec", "realloc a4 3000", "alloc 8 count=40", "manyboxes 300"]
    for command in commands:
        if heap.answer(command)["ok"]:
            heap.undo()
            undone_exactly(machine, heap, command)
    other = "buddy" if design != "buddy" else "tlsf"
    undone_exactly(machine, heap, f"allocator {other} --force")
    assert heap.allocator()["allocator"] == design


@pytest.mark.expects("out-of-memory")
@pytest.mark.parametrize(
    "command", ["vectest 1000000", "maptest", "listtest", "manyboxes keep=on"]
)
def test_a_command_that_ran_out_of_memory_is_undone_exactly(
    machine: Machine, heap: Heap, command: str
) -> None:
    largest = heap.freelist().largest
    heap.pipeline(["alloc 40 count=8", "free odd", f"alloc {largest - 700}"])
    answer = undone_exactly(machine, heap, command)
    assert answer["ok"] or answer["error"]["code"] == "out-of-memory"


def test_an_interrupted_command_is_undone_exactly(machine: Machine, heap: Heap) -> None:
    heap.pipeline(SETUP)
    before = whole(machine, heap)
    machine.console.send(b"repeat 1000000 vectest\r")
    machine.console.read_to(b"vectest passed")
    machine.console.send(b"\x03")
    heap.resynchronise()
    after = whole(machine, heap)
    assert after != before
    heap.undo()
    assert whole(machine, heap) == before
    heap.redo()
    assert whole(machine, heap) == after


@pytest.mark.expects("interrupted")
def test_an_interrupted_cpp_command_is_undone_exactly(machine: Machine, heap: Heap) -> None:
    heap.pipeline(["alloc 100 count=3", "free #2"])
    before = whole(machine, heap)
    machine.console.send(b"manyboxes 100000000 keep=on --json\r")
    machine.console.read_to(b"--json\r\n")
    machine.console.send(b"\x03")
    assert heap.read_answer()["error"]["code"] == "interrupted"
    heap.resynchronise()
    assert len(heap.blocks()) > 2, "the box that lived throughout stays"
    assert heap.undo().last == "manyboxes 100000000 keep=on"
    assert whole(machine, heap) == before


@pytest.mark.expects("double-free", "page-fault", "stack-overflow")
@pytest.mark.parametrize(
    "command",
    ["alloc 999999", "alloc 64 count=5000", "free #2 #99", "free #1", "realloc #2 999999",
     "alloc 8 name=vec", "nonsense", "allocator buddy", "policy fit=none", "fault null",
     "fault stack", "freelist", "heapmap", "check", "why 64", "mark", "diff", "stats", "poison off",
     'compare "alloc 100 count=9; free odd; alloc 64"', "compare undo"],
)  # fmt: skip
def test_what_changed_nothing_is_no_step(machine: Machine, heap: Heap, command: str) -> None:
    heap.pipeline([*SETUP, "alloc 50"])
    heap.undo()
    before, steps = whole(machine, heap), steps_ever(heap)
    heap.answer(command)
    after = whole(machine, heap)
    assert after[:2] == before[:2], "not a byte, not even in the records"
    assert steps_ever(heap) == steps
    assert heap.redo().last == "alloc 50", "what was undone can still be redone"


def test_each_part_of_a_line_is_a_step(heap: Heap) -> None:
    heap.answers("alloc 8; alloc 16; free #1", 3)
    assert heap.undo().last == "free #1"
    assert [block.size for block in heap.blocks()] == [8, 16]
    assert heap.undo().last == "alloc 16"
    assert [block.size for block in heap.blocks()] == [8]


def test_a_change_after_undo_ends_the_way_forth(heap: Heap) -> None:
    heap.alloc(8, count=3)
    heap.undo()
    heap.alloc(40)
    refusal(heap, "redo", "nothing-to-undo")
    assert [block.size for block in heap.blocks()] == [40]


def test_what_is_not_the_heaps_stays(heap: Heap) -> None:
    heap.pipeline(["alloc 8", "ansi on", "json on", "alloc 16"])
    number, uptime = heap.answer("echo")["seq"], heap.uptime()
    heap.undo()
    assert heap.answer("echo")["seq"] == number + 3
    assert heap.command("ansi")["on"] and heap.command("json")["on"]
    assert heap.uptime() >= uptime
    assert any("alloc 16" in line for line in heap.command("history")["lines"])


SWITCHES = ("poison", "asan", "failafter", "trace", "watch")


@pytest.mark.expects("watched")
@pytest.mark.parametrize("back", ["undo 3; redo; undo", "restore s", "diff s", "redo 2"])
@pytest.mark.parametrize("on", [True, False])
def test_a_state_is_the_heap_and_not_its_switches(heap: Heap, back: str, on: bool) -> None:
    """What is set when one goes back stays set, whatever it was at that time."""
    word, other = ("on", "off") if on else ("off", "on")
    heap.pipeline([f"poison {other}", f"asan {other}", f"trace {other}", "alloc 24", "free #1"])
    heap.pipeline(["snapshot s", "alloc 40", "fill #2 11", "free #2"])
    if back.startswith("redo"):
        heap.undo(2)
    heap.pipeline([f"poison {word}", f"asan {word}", "trace off", "failafter 7"])
    if back.startswith("redo") and on:
        heap.undo()
    heap.watch(HEAP_START)
    before = told(heap, *SWITCHES)
    answers = heap.answers(back, back.count(";") + 1)
    assert all("watched" not in answer for answer in answers)
    assert told(heap, *SWITCHES) == before
    heap.pipeline(["watch off", "poison on", "asan on", "failafter off"])


@pytest.mark.expects("use-after-free")
def test_what_comes_back_unfilled_is_filled_by_the_next_command(heap: Heap) -> None:
    heap.poison(False)
    blocks = heap.alloc(64, count=3)
    heap.command("fill #2 33")
    heap.free("#2")
    heap.snapshot("s")
    heap.poison(True)
    inside = blocks[1].address + 32
    assert heap.peek(inside, 4) == b"\xf5" * 4
    heap.restore("s")
    assert heap.poison() is True
    assert heap.peek(inside, 4) == b"\x33" * 4, "to the byte"
    heap.poke(inside, b"\x44", force=True)
    assert heap.check().consistent, "nobody has said yet what should stand there"
    assert "poison" not in heap.text(f"peek {inside:#x} 4")
    assert "damage" not in heap.command("alloc 8 name=next")
    assert heap.peek(inside, 4) == b"\xf5" * 4
    heap.poke(inside, b"\x44", force=True)
    assert [each["code"] for each in heap.check().problems] == ["use-after-free"]
    heap.undo(2)
    assert heap.peek(inside, 4) == b"\x44\x33\x33\x33"


@pytest.mark.expects("double-free")
@pytest.mark.parametrize("design", DESIGNS)
def test_random_ways_through_time_are_exact(machine: Machine, heap: Heap, design: str) -> None:
    heap.allocator(design, force=True)
    heap.command("reset")
    source = random.Random(design)
    states, at = [whole(machine, heap)], 0
    pool = random_commands(9, 200) + ["vectest 200", "reset", "random 40", "ops +9,+8,-0"] * 5
    for _ in range(40):
        choice = source.random()
        if choice < 0.25 and at:
            steps = source.randint(1, at)
            assert heap.undo(steps).steps == steps
            at -= steps
        elif choice < 0.4 and at + 1 < len(states):
            heap.redo()
            at += 1
        else:
            heap.answer(source.choice(pool))
            now = whole(machine, heap)
            if now[:2] == states[at][:2]:
                continue
            states[at + 1 :] = [now]
            at += 1
        assert unfailed(whole(machine, heap)) == unfailed(states[at])


def unfailed(found: tuple[Any, ...]) -> tuple[Any, ...]:
    """Without the count of failures, which refused commands raise and nothing takes back."""
    held, kept, (blocks, free, stats, leaks) = found
    return held, kept, blocks, free, stats | {"failures": 0}, leaks


def test_undo_within_repeat_takes_what_ran_before_it_as_a_step(heap: Heap) -> None:
    heap.alloc(8)
    results = heap.command('repeat 3 "alloc 16; undo"')["results"]
    assert [result["ok"] for result in results] == [True] * 6
    assert [block.size for block in heap.blocks()] == [8]
    heap.pipeline(["alloc 1", "alloc 2", "alloc 3"])
    assert heap.command("repeat 3 undo")["ok"]
    assert [block.size for block in heap.blocks()] == [8]


def test_the_way_back_from_a_window_is_clear(boot: Boot) -> None:
    machine = boot(options="heap44.allocator=guard-page")
    heap = Heap(machine.console)
    heap.allocator("linked-list", force=True)
    before = whole(machine, heap)
    first = heap.alloc(64)
    diff = heap.diff()
    assert [block.id for block in diff.added] == [first.id]
    assert [(hole.address, hole.size) for hole in diff.holes_added] == [
        (first.address + 64, HEAP_SIZE - 64)
    ]
    heap.command("vectest")
    heap.undo(2)
    assert whole(machine, heap) == before


def test_a_fresh_page_is_not_what_was_there_before(machine: Machine, heap: Heap) -> None:
    heap.use("guard-page", force=True)
    block = heap.alloc(PAGE)
    heap.command("fill #1 5a")
    filled = whole(machine, heap)
    # One step, in which the same page goes and comes, and nothing is written there.
    heap.command(f'repeat 1 "reset; alloc {PAGE}"')
    fresh = whole(machine, heap)
    assert heap.peek(block.address, PAGE) == bytes(PAGE)
    heap.undo()
    assert whole(machine, heap) == filled
    heap.redo()
    assert whole(machine, heap) == fresh


@pytest.mark.expects("out-of-memory", "panic")
def test_a_halted_heap_is_not_gone_back_with(boot: Boot) -> None:
    heap = Heap(boot(options="heap44.panic=halt").console)
    heap.alloc(8)
    assert not heap.answer("vectest 1000000")["ok"]
    for command in ("undo", "redo", "restore a"):
        assert heap.answer(command)["error"]["code"] == "panic"
    assert heap.diff().added


@pytest.mark.expects("out-of-memory")
def test_the_host_goes_back_as_the_kernel_does(host: Heap) -> None:
    host.pipeline(SETUP)
    before = state(host)
    host.pipeline(["vectest 100000", "reset", "allocator buddy", "random 100"])
    assert host.undo(4).steps == 4
    assert state(host) == before
    host.redo(4)
    assert host.allocator()["allocator"] == "buddy"


def test_a_person_reads_what_was_taken_back(heap: Heap) -> None:
    heap.pipeline(["reset", "alloc 64 name=first", "alloc 8"])
    assert "took back: alloc 8" in heap.text("undo")
    printed = heap.text("diff")
    assert "+ block 0x444444440000" in printed and "first" in printed
    assert "bytes of the heap changed" in printed
    assert "snapshot 'start': 1 live block" in heap.text("snapshot start")
    assert "did again: alloc 8" in heap.text("redo")
    assert "back at snapshot 'start': 1 live block" in heap.text("restore start")
