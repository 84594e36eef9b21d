# SPDX-License-Identifier: MIT
"""How many steps can be taken back, how much room they have, and what is said where it ends."""

from __future__ import annotations

import json
import subprocess
from typing import Callable

import pytest
from heap44 import Heap, Machine
from heap44.errors import NoSuchSnapshot, NotSupported, OutOfMemory
from heap44.machine import build_directory
from support import refusal
from undo_checks import raw, whole

Boot = Callable[..., Machine]


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
