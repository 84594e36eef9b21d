# SPDX-License-Identifier: MIT
"""`compare`: the same work for each design, and the heap that it found when it is over."""

from __future__ import annotations

from typing import Any, Callable

import pytest
from heap44 import Heap, Machine
from heap44.errors import WouldLoseBlocks
from settings import LIVING
from support import refusal, told
from undo_checks import SETUP, steps_ever, whole

Boot = Callable[..., Machine]

NAMES = [*LIVING, "guard-page"]
# What ends badly in one design or in each, and what only fails.
TEXTS = (
    "alloc 100 count=9; free odd; alloc 64",
    "vectest 1000000; alloc 8 count=20000; nosuch",
    "manyboxes 9000 keep=on; reset; mark; failafter 2; alloc 8; poison off; alloc 40",
    "alloc 64; poke 0x444444440048 ff --force; alloc 8; vectest",
)
SWITCHES = ("poison", "asan", "failafter", "trace", "watch", "ansi")


def found(heap: Heap, text: str, options: str = "") -> dict[str, Any]:
    """What each design came to, by its name."""
    answer = heap.command(f'compare "{text}" {options}')
    return {each["allocator"]: each for each in answer["results"]}


def all_of(machine: Machine, heap: Heap) -> tuple[Any, ...]:
    """The heap to the byte, and all that can be set."""
    marks = heap.pipeline(["heapmap"])[0]["cells"]
    settings = told(heap, *SWITCHES, "trace show", "allocator", "policy", "diff")
    return *whole(machine, heap), marks, settings


def test_the_same_commands_run_against_each_design(heap: Heap) -> None:
    results = found(heap, "alloc 100 count=9; free odd; alloc 64")
    assert list(results) == NAMES
    for each in results.values():
        assert [inner["ok"] for inner in each["results"]] == [True, True, True]
        assert each["stats"]["live"] == 5
        assert each["stats"]["used"] + each["stats"]["free"] == each["stats"]["size"]
    assert results["linked-list"]["stats"] == results["indexed"]["stats"]
    assert results["linked-list"]["stats"]["used"] == 4 * 104 + 64
    assert results["buddy"]["stats"]["used"] == 4 * 128 + 64
    assert results["bump"]["stats"]["holes"] == 1


def test_each_begins_with_an_empty_heap(heap: Heap) -> None:
    heap.alloc(40, count=7)
    results = found(heap, "alloc 16")
    for name in LIVING:
        (block,) = results[name]["results"][0]["blocks"]
        assert block["id"] == 1 and results[name]["stats"]["live"] == 1
    assert results["linked-list"]["results"][0]["blocks"][0]["address"] == "0x444444440000"


def test_it_goes_through_the_fits(heap: Heap) -> None:
    answer = heap.command('compare "alloc 100; alloc 16" by=policy')
    fits = [each["policy"]["fit"] for each in answer["results"]]
    assert fits == ["first", "next", "best", "worst"]


# --- the heap that it found ---


@pytest.mark.expects("out-of-memory", "overflow", "corrupted-heap", "use-after-free")
@pytest.mark.parametrize("force", ["", " --force", " by=policy"])
@pytest.mark.parametrize("text", TEXTS)
def test_it_gives_back_the_heap_that_it_found(
    machine: Machine, heap: Heap, text: str, force: str
) -> None:
    heap.pipeline(["trace on", *SETUP, "failafter 9", "alloc 50", "alloc 51", "undo"])
    steps, before = steps_ever(heap), all_of(machine, heap)
    assert heap.command(f'compare "{text}"{force}')["ok"]
    after = all_of(machine, heap)
    assert after == before
    assert steps_ever(heap) == steps, "it is no step"
    assert heap.redo().last == "alloc 51", "what was undone can still be redone"
    assert heap.undo().last == "alloc 51" and heap.undo().last == "alloc 50"
    assert heap.alloc(8).id == int(before[2][0]["blocks"][-1]["id"]) + 1


STATES: tuple[list[str], ...] = (
    ["policy fit=best order=size", *SETUP],
    ["allocator buddy", *SETUP],
    ["allocator tlsf", *SETUP, "poke 0x444444440064 00 --force"],
    ["allocator guard-page", *SETUP, "fill vec 5a"],
    ["poison off", "asan off", *SETUP],
    ["alloc 64", "alloc 64", "free #1", "poke 0x444444440000 77777777 --force"],
    ["alloc 64", "free #1"],
    ["allocator dummy"],
)


@pytest.mark.expects("corrupted-heap", "use-after-free", "overflow")
@pytest.mark.parametrize("setup", STATES, ids=range(8))
def test_whatever_the_heap_is_it_comes_back(
    machine: Machine, heap: Heap, setup: list[str]
) -> None:
    """Also its damage, which nobody has met yet."""
    heap.pipeline(setup)
    before, problems = all_of(machine, heap), told(heap, "check")
    text = "alloc 24 count=30; free even; poison on; asan on"
    for command in (f'compare "{text}"', "bench bump tlsf"):
        assert "damage" not in heap.command(command)
        assert all_of(machine, heap) == before
        assert told(heap, "check") == problems


@pytest.mark.expects("interrupted")
@pytest.mark.parametrize(
    "command", ['compare "failafter off; alloc 9; repeat 1000000 vectest"', "bench"]
)
def test_ctrl_c_gives_it_back(machine: Machine, heap: Heap, command: str) -> None:
    heap.pipeline(["trace on", *SETUP, "failafter 9"])
    steps, before = steps_ever(heap), all_of(machine, heap)
    machine.console.send(f"{command} --json\r".encode())
    machine.console.read_to(b'"results":[{')
    machine.console.send(b"\x03")
    assert b'"code":"interrupted"' in machine.console.read_line()
    heap.resynchronise()
    assert all_of(machine, heap) == before
    assert steps_ever(heap) == steps


@pytest.mark.expects("watched")
def test_watches_wait_until_it_is_over(heap: Heap) -> None:
    heap.zalloc(64)
    heap.watch(0x4444_4444_0000)
    heap.watch(0x4444_4444_0008)
    for command in ('compare "vectest; watch off"', "bench bump"):
        assert "watched" not in str(heap.command(command))
    assert len(heap.command("watch")["watches"]) == 2
    (report,) = heap.command("poke 0x444444440008 01")["watched"]
    assert report["block"]["id"] == 1
    heap.command("watch off")
    # A watch of its own is set for each of them anew, and told with the command that writes.
    heap.alloc(64)
    results = found(heap, "zalloc 64; watch 0x444444440000; fill #1 11")
    for name in ("linked-list", "indexed", "bump", "fixed-size-block", "tlsf"):
        assert len(results[name]["results"][2]["watched"]) == 1, name
    assert heap.command("watch")["watches"] == []


def test_a_trace_is_set_aside(heap: Heap) -> None:
    heap.trace("on")
    heap.alloc(64, name="kept")
    before = told(heap, "trace show")
    inner = found(heap, "alloc 8; trace on; alloc 16; alloc 24; trace show")
    for each in inner.values():
        events = each["results"][4]["events"]
        done = [(event["event"], event["size"]) for event in events]
        assert done == [("alloc", 16), ("alloc", 24)]
        assert each["results"][4]["live_before"] == 1
    assert told(heap, "trace show") == before
    heap.alloc(32)
    assert [event["size"] for event in heap.trace("show").events] == [64, 32]
    assert heap.command("replay --force")["identical"], "nothing was set back"


def test_within_repeat_it_changes_nothing_either(heap: Heap) -> None:
    """As under `undo`, what ran before it in the same line is a step of its own."""
    heap.alloc(8)
    steps = steps_ever(heap)
    heap.command("repeat 2 compare stats")
    assert steps_ever(heap) == steps


@pytest.mark.expects("out-of-memory")
def test_where_there_is_no_room_for_a_copy_blocks_are_not_lost_unasked(boot: Boot) -> None:
    heap = Heap(boot(memory="128M", options="heap44.size=16M").console)
    heap.policy(fit="best")
    assert heap.command('compare "alloc 10"')["ok"], "nothing would be lost"
    block = heap.alloc(10)
    for command in ('compare "alloc 10"', "bench bump"):
        with pytest.raises(WouldLoseBlocks) as refused:
            heap.command(command)
        assert "no memory for a copy" in str(refused.value)
    assert heap.blocks() == [block]
    heap.command("poison off")
    assert heap.command('compare "poison on; failafter 3" --force')["ok"]
    stats = heap.command("stats")
    assert (stats["allocator"], stats["live"], stats["allocations"]) == ("linked-list", 0, 0)
    assert stats["policy"]["fit"] == "best"
    assert heap.poison() is False and heap.command("failafter")["count"] == 0


def test_blocks_of_guard_page_that_cannot_be_copied_are_not_lost_unasked(boot: Boot) -> None:
    heap = Heap(boot(memory="48M", options="heap44.allocator=guard-page").console)
    blocks = heap.alloc(1 << 20, count=4, name="large")
    for block in blocks:
        heap.command(f"fill #{block.id} 01")
    refusal(heap, "undo", "not-supported")
    with pytest.raises(WouldLoseBlocks):
        heap.command('compare "alloc 10"')
    assert heap.blocks() == blocks
    assert heap.command('compare "alloc 10" --force')["ok"]
    assert heap.allocator()["allocator"] == "guard-page" and heap.blocks() == []


# --- what cannot be compared ---

REFUSED = (
    "undo", "redo", "snapshot a", "restore a", "replay", "replay --module", "allocator",
    "allocator tlsf", "policy fit=best", "compare stats", "bench", "stress 10", "reset --all",
    "bug leak", "fault null", "poweroff", "poweroff 3", "reboot", "live on", "slow 5",
    "step alloc 8",
)  # fmt: skip
AROUND = (
    "{}", "alloc 8; {}", "repeat 2 {}", "time {}", "repeat 2 time {}", "{}; alloc 8",
    "nosuch; time {}; alloc 8", "--json {}", "time --json {}", "repeat x {}",
)  # fmt: skip


@pytest.mark.parametrize("command", REFUSED)
def test_what_would_outlast_it_is_refused_whole(heap: Heap, command: str) -> None:
    heap.pipeline(["alloc 64 name=kept", "snapshot a"])
    word = command if command == "reset --all" else command.split()[0]
    for around in AROUND:
        error = refusal(heap, f'compare "{around.format(command)}" --force', "bad-argument")
        assert f"'{word}'" in error.message and "nothing was run" in error.message
    assert heap.undo().last == "alloc 64 name=kept"


NO_COMMANDS = ("echo undo; echo reset --all", "alloc 8 name=step", "# undo", "reset")


@pytest.mark.parametrize("text", NO_COMMANDS)
def test_a_word_that_is_no_command_is_none(heap: Heap, text: str) -> None:
    assert heap.command(f'compare "{text}"')["ok"]


def test_there_is_no_other_state_to_look_at(heap: Heap) -> None:
    heap.alloc(64)
    for each in found(heap, "alloc 8; diff").values():
        assert each["results"][1]["error"]["code"] == "not-supported"
    assert [block["size"] for block in heap.command("diff")["added"]] == [64]


# --- the same for all ---


@pytest.mark.expects("out-of-memory")
def test_failafter_counts_anew_for_each(heap: Heap) -> None:
    heap.command("failafter 2")
    for name, each in found(heap, "alloc 64; alloc 64; alloc 64").items():
        assert [inner["ok"] for inner in each["results"]] == [True, False, True], name
        assert each["stats"]["failures"] == 1
    assert heap.command("failafter")["count"] == 2
    heap.command("failafter off")
    for each in found(heap, "failafter 1; alloc 64; alloc 64").values():
        assert [inner["ok"] for inner in each["results"]] == [True, False, True]
    assert heap.command("failafter")["count"] == 0


@pytest.mark.parametrize("switch", ["poison", "asan"])
@pytest.mark.parametrize("on", [True, False])
def test_each_begins_with_the_switches_as_they_were(heap: Heap, switch: str, on: bool) -> None:
    words = ("off", "on")
    heap.command(f"{switch} {words[on]}")
    for each in found(heap, f"{switch}; {switch} {words[not on]}; alloc 8").values():
        assert [inner["on"] for inner in each["results"][:2]] == [on, not on]
    assert heap.command(switch)["on"] is on
    heap.command(f"{switch} on")


SEEDS = (7, 44, 1)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_asks_every_design_for_the_same(heap: Heap, seed: int) -> None:
    results = found(heap, f"random 700 seed={seed}")
    wanted = results["linked-list"]["results"][0]
    assert wanted["failures"] == wanted["passed_over"] == 0
    for name, each in results.items():
        run, stats = each["results"][0], each["stats"]
        assert run["allocations"] + run["failures"] == wanted["allocations"], name
        assert run["frees"] + run["passed_over"] == wanted["frees"], name
        if run["failures"] == 0:
            assert stats["requested"] == results["linked-list"]["stats"]["requested"], name
            assert stats["live"] == results["linked-list"]["stats"]["live"], name
    assert results["guard-page"]["results"][0]["failures"] == 0


def test_random_asks_for_the_same_also_where_little_fits(heap: Heap) -> None:
    results = found(heap, "random 2000 seed=7")
    sums = {
        (run["allocations"] + run["failures"], run["frees"] + run["passed_over"])
        for run in (each["results"][0] for each in results.values())
    }
    assert len(sums) == 1 and sum(*sums) == 2000
    assert any(each["results"][0]["failures"] for each in results.values())
