# SPDX-License-Identifier: MIT
"""Back in time: undo, redo, snapshots and differences, judged by QEMU's look at the memory."""

from __future__ import annotations

import json
import random
import subprocess
from typing import Any, Callable

import pytest
from first_fit import HEAP_SIZE, HEAP_START
from heap44 import Block, Heap, Machine
from heap44.errors import NoSuchSnapshot, NothingToUndo, NotSupported, OutOfMemory
from heap44.machine import build_directory
from support import random_commands, records, refusal, state, told

Boot = Callable[..., Machine]

DESIGNS = (
    "linked-list", "indexed", "bump", "fixed-size-block", "buddy", "tlsf", "dummy", "guard-page"
)  # fmt: skip
WINDOW, PAGE = 0x4460_0000_0000, 4096
# What is there before: blocks, freed ones and holes of several sizes, a name, a mark.
SETUP = [
    *("alloc 100 count=12 name=a", "free odd", "alloc 33 align=64 name=vec"),
    *("mark", "zalloc 2000"),
]


def raw(machine: Machine, heap: Heap) -> tuple[bytes, bytes]:
    """The heap's bytes and its records."""
    return machine.read_memory(HEAP_START, HEAP_SIZE), records(machine, heap)


def whole(machine: Machine, heap: Heap) -> tuple[Any, ...]:
    """The heap as it is: its bytes, its records, and what the shell tells of them."""
    answers = told(heap, "blocks", "freelist", "stats", "leaks")
    held, kept = raw(machine, heap)
    for item in answers[0]["blocks"]:
        block = Block.of(item)
        if block.address >= WINDOW:
            page = block.address // PAGE * PAGE
            held += machine.read_memory(page, block.address + block.block_size - page)
    return held, kept, answers


def undone_exactly(machine: Machine, heap: Heap, command: str) -> dict[str, Any]:
    """Runs a command that changes the heap, then goes back, forth and back; its answer."""
    before = whole(machine, heap)
    steps = steps_ever(heap)
    answer = heap.answer(command)
    after = whole(machine, heap)
    assert after != before, f"{command} changed nothing"
    taken = heap.undo()
    assert (taken.steps, taken.last) == (1, command)
    assert taken.remaining + taken.forgotten == steps
    assert whole(machine, heap) == before
    assert heap.redo().last == command
    assert whole(machine, heap) == after
    heap.undo()
    assert whole(machine, heap) == before
    assert heap.check().consistent
    return answer


def steps_ever(heap: Heap) -> int:
    """How many steps there were, also those that a full journal forgot; by going back and forth."""
    try:
        taken = heap.undo()
    except NothingToUndo as error:
        assert "forgotten" not in str(error)
        return 0
    heap.redo()
    return taken.remaining + 1 + taken.forgotten


CHANGES = (
    "alloc 64", "alloc 16 count=20 name=b", "zalloc 5000", "realloc #2 500", "realloc #2 8",
    "free vec", "free all", "free even", "reset", "ops +10,+20,-0", "random 300 seed=3",
    "repeat 50 alloc 8", "time alloc 24", "showcase", "boxtest", "vectest", "rctest", "strtest",
    "listtest", "dequetest", "heaptest", "maptest", "settest", "manyboxes 500",
    "manyboxes 5000 keep=on", "policy fit=best --force",
    'compare "alloc 100 count=9; free odd; alloc 64" --force',
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
    commands = ["vectest", "random 500", "reset", "compare \"alloc 9\" --force"]
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
     "fault stack", "freelist", "heapmap", "check", "why 64", "mark", "diff", "stats"],
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


def test_undo_goes_256_steps_back_and_forth(machine: Machine, heap: Heap) -> None:
    before = whole(machine, heap)
    answers = heap.pipeline(f"alloc {size}" for size in range(256))
    assert all(answer["ok"] for answer in answers)
    after = whole(machine, heap)
    assert heap.undo(256).steps == 256
    assert whole(machine, heap) == before
    assert heap.redo(256).remaining == 0
    assert whole(machine, heap) == after


def test_steps_that_change_much_lead_back_exactly(machine: Machine, heap: Heap) -> None:
    states = []
    for seed in range(8):
        states.append(raw(machine, heap))
        heap.command(f"random 2000 seed={seed}" if seed % 2 else "manyboxes 4000")
    for was in reversed(states):
        heap.undo()
        assert raw(machine, heap) == was


@pytest.mark.parametrize(
    "commands",
    [
        ("random 6000 seed={}", "manyboxes 12000"),
        ("alloc 16 count=6400", "free all"),
        ("alloc 16 count=6400", "reset"),
    ],
)
def test_128_mib_hold_256_steps_that_change_much(
    boot: Boot, commands: tuple[str, ...]
) -> None:
    """The same heap and ledger, and so steps of the same size, on the host, where they are fast."""
    machine = Heap(boot(memory="128M").console)
    machine.alloc(8)
    lines = [commands[number % 2].format(number) for number in range(40)]
    program = build_directory() / "heap44-host"
    script = "".join(f"{line}\n" for line in [*lines, "undo --json"])
    done = subprocess.run([program], input=script, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout.splitlines()[-1])
    assert (answer["remaining"], answer["forgotten"]) == (len(lines) - 1, 0)
    assert answer["used"] / len(lines) * 256 < machine.undo().capacity


def test_undo_takes_as_many_as_there_are(boot: Boot) -> None:
    heap = Heap(boot(options='heap44.run="alloc 8; alloc 16"').console)
    assert heap.undo(100).steps == 2
    assert heap.blocks() == []
    message = refusal(heap, "undo", "nothing-to-undo").message
    assert message == "all is undone; 'redo' goes forth again"
    assert heap.redo(100).steps == 2
    refusal(heap, "redo", "nothing-to-undo")
    for bad in ("undo 0", "undo -1", "undo x", "redo 0", "undo 1 2", "undo 1 n=2"):
        refusal(heap, bad, "bad-argument")


def test_before_the_first_change_there_is_nothing_to_undo(boot: Boot) -> None:
    message = refusal(Heap(boot().console), "undo", "nothing-to-undo").message
    assert message == "no command has changed the heap"


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


def test_a_snapshot_outlives_everything(machine: Machine, heap: Heap) -> None:
    heap.pipeline(SETUP)
    before = whole(machine, heap)
    assert heap.snapshot("start").live == len(heap.blocks())
    heap.undo(2)
    heap.pipeline(["alloc 9", "reset", "allocator tlsf", "alloc 5 count=5"])
    after = whole(machine, heap)
    assert heap.restore("start").live == len(before[2][0]["blocks"])
    assert whole(machine, heap) == before
    assert heap.undo().last == "restore start"
    assert whole(machine, heap) == after
    heap.redo()
    assert whole(machine, heap) == before
    heap.restore("start")
    assert heap.undo().last == "restore start", "a restore that changes nothing is no step"
    assert whole(machine, heap) == after


def test_the_store_of_snapshots_has_an_end_and_names_are_used_again(boot: Boot) -> None:
    heap = Heap(boot(memory="128M").console)
    for number in range(8):
        heap.alloc(8)
        heap.snapshot(f"s{number}")
    with pytest.raises(OutOfMemory, match="all 8 places .* s0 s1 s2 s3 s4 s5 s6 s7"):
        heap.snapshot("s8")
    heap.snapshot("s0")
    heap.command("reset")
    heap.restore("s0")
    assert len(heap.blocks()) == 8
    with pytest.raises(NoSuchSnapshot, match="'s8'; there are s0"):
        heap.restore("s8")
    refusal(heap, "restore s8", "no-such-snapshot")
    refusal(heap, "diff s8", "no-such-snapshot")
    for bad in ("snapshot 9x", "snapshot all", "snapshot", "snapshot a b", "restore", "diff a b"):
        refusal(heap, bad, "bad-argument")


def test_diff_tells_blocks_holes_and_bytes(machine: Machine, heap: Heap) -> None:
    first, second, _ = heap.alloc(64, count=3)
    heap.snapshot("start")
    before = machine.read_memory(HEAP_START, HEAP_SIZE)
    heap.free(second)
    diff = heap.diff()
    assert ([block.id for block in diff.removed], diff.added) == ([2], ())
    assert diff.removed[0].state == "live"
    assert [(hole.address, hole.size) for hole in diff.holes_added] == [(second.address, 64)]
    assert diff.holes_removed == ()
    moved = heap.realloc(first, 500)
    new = heap.alloc(40, name="new")
    now = machine.read_memory(HEAP_START, HEAP_SIZE)
    diff = heap.diff("start")
    assert diff.bytes_changed == sum(a != b for a, b in zip(before, now))
    assert [block.id for block in diff.removed] == [first.id, second.id]
    assert {(block.id, block.name) for block in diff.added} == {(moved.id, None), (new.id, "new")}
    old_end = first.address + 3 * 64
    assert [hole.address for hole in diff.holes_removed] == [old_end]
    assert [(hole.address, hole.size) for hole in diff.holes_added] == [
        (hole.address, hole.size) for hole in heap.freelist().holes
    ]
    assert machine.read_memory(HEAP_START, HEAP_SIZE) == now, "a diff only looks"
    assert state(heap)[1] == heap.blocks()


def test_diff_after_a_reset_knows_equal_numbers_apart(heap: Heap) -> None:
    heap.alloc(64)
    heap.snapshot("start")
    heap.reset()
    heap.alloc(64)
    diff = heap.diff("start")
    assert [block.id for block in diff.added] == [block.id for block in diff.removed] == [1]
    heap.restore("start")
    diff = heap.diff("start")
    assert (diff.added, diff.removed, diff.holes_added, diff.holes_removed) == ((), (), (), ())
    assert diff.bytes_changed == 0


def test_undo_within_repeat_takes_what_ran_before_it_as_a_step(heap: Heap) -> None:
    heap.alloc(8)
    results = heap.command('repeat 3 "alloc 16; undo"')["results"]
    assert [result["ok"] for result in results] == [True] * 6
    assert [block.size for block in heap.blocks()] == [8]
    heap.pipeline(["alloc 1", "alloc 2", "alloc 3"])
    assert heap.command("repeat 3 undo")["ok"]
    assert [block.size for block in heap.blocks()] == [8]


def test_a_small_machine_keeps_fewer_steps_and_says_so(boot: Boot) -> None:
    heap = Heap(boot(memory="16M").console)
    for _ in range(8):
        heap.text("alloc 16 count=6400")
        heap.text("reset")
    taken = heap.undo()
    assert taken.remaining + taken.forgotten == 15
    assert taken.forgotten > 0 and taken.capacity - (160 << 10) < taken.used <= taken.capacity
    heap.undo(1000)
    message = refusal(heap, "undo", "nothing-to-undo").message
    assert "older steps are forgotten" in message and "KiB" in message


def test_where_there_is_no_memory_for_it_undo_says_so(boot: Boot) -> None:
    heap = Heap(boot(memory="128M", options="heap44.size=16M").console)
    heap.alloc(64)
    for command in ("undo", "redo", "snapshot a", "restore a", "diff"):
        assert "KiB" in refusal(heap, command, "not-supported").message
    with pytest.raises(NotSupported):
        heap.undo()


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
