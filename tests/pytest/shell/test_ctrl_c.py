# SPDX-License-Identifier: MIT
"""One Ctrl-C ends all of a command that runs others, however deep, and the answer says so."""

from __future__ import annotations

import json

import pytest
from heap44 import Heap, Machine

FOREVER = "repeat 100000 echo x"
REPEATED = [f"time {FOREVER}", f"repeat 5 {FOREVER}", f"time time {FOREVER}"]
NESTED = [*REPEATED, "time time manyboxes 100000000"]


@pytest.mark.expects("interrupted")
@pytest.mark.parametrize("command", REPEATED)
def test_a_command_is_stopped_with_what_it_runs(machine: Machine, heap: Heap, command: str) -> None:
    machine.console.send(f"{command}\r".encode())
    machine.console.read_to(b"echo x\r\nx\r\n")
    machine.console.send(b"\x03")
    text = machine.console.read_to_prompt()
    # The outermost says it last, and it was in its first run.
    assert text.splitlines()[-1].startswith("interrupted: stopped by Ctrl-C after 1 of ")
    heap.resynchronise()


@pytest.mark.expects("interrupted")
@pytest.mark.parametrize("command", [*NESTED, f'compare "{FOREVER}"'])
def test_its_answer_is_no_success(machine: Machine, heap: Heap, command: str) -> None:
    machine.console.send(f"{command} --json\r".encode())
    machine.console.read_to(b"--json\r\n")
    machine.console.read_to(b'"results":[{')
    machine.console.send(b"\x03")
    line = machine.console.read_line()
    end = line.rindex(b'],"')
    answer = json.loads(b"{" + line[end + 2 :])
    assert not answer["ok"] and answer["error"]["code"] == "interrupted"
    if "repeat 5" in command:
        assert answer["runs"] == 1
    if "compare" in command:
        assert line.count(b'"stats"') == 1
    heap.resynchronise()
    assert heap.check().consistent


LISTED = ["peek 0x444444440000 50K", "blocks", "trace show", "diff"]


@pytest.mark.expects("interrupted")
@pytest.mark.parametrize("command", LISTED)
@pytest.mark.parametrize("around", ["repeat 1000", "time repeat 1000", "repeat 1000 time"])
def test_what_ends_a_listing_ends_all_around_it(
    machine: Machine, heap: Heap, around: str, command: str
) -> None:
    heap.pipeline(["trace on"])
    heap.text("alloc 8 count=3000")
    machine.console.send(f"{around} {command}\r".encode())
    machine.console.read_to(b"0x444444440100")
    machine.console.send(b"\x03")
    last = machine.console.read_to_prompt().splitlines()
    assert any(line.startswith("stopped by Ctrl-C; ") for line in last)
    assert last[-1].startswith("interrupted: stopped by Ctrl-C after 1 of ")


def test_a_listing_that_was_ended_still_counts_all(machine: Machine, heap: Heap) -> None:
    heap.text("alloc 8 count=3000")
    machine.console.send(b"blocks\r")
    machine.console.read_to(b"0x444444440100")
    machine.console.send(b"\x03")
    shown = machine.console.read_to_prompt()
    assert "stopped by Ctrl-C; " in shown and "3000 live blocks, 48000 bytes taken" in shown
