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
