# SPDX-License-Identifier: MIT
"""The Python package itself: nothing hangs, nothing survives, and failures tell their story."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Callable

import heap44
import pytest
from heap44 import AnswerTimeout, Heap, HostProgram, Machine, MachineEnded
from heap44.console import Console, scaled
from heap44.errors import Heap44Error, error_of
from heap44.session import Session


def _pipe() -> tuple[Console, int]:
    """A console, and the end of a pipe where its shell would write."""
    reader, shell = os.pipe()
    return Console(reader, os.open(os.devnull, os.O_WRONLY)), shell


def _code_words() -> list[str]:
    return [kind.expected_code for kind in Heap44Error.__subclasses__()]


@pytest.mark.parametrize("code", _code_words())
def test_each_error_code_has_a_class_of_its_own(code: str) -> None:
    error = error_of({"ok": False, "error": {"code": code, "message": "m", "address": "0x10"}})
    assert type(error).expected_code == error.code == code
    assert (error.message, error.address) == ("m", 16)


def test_an_unheard_of_code_is_an_error_still() -> None:
    error = error_of({"ok": False, "error": {"code": "new", "message": "m"}})
    assert (type(error), error.address) == (Heap44Error, None)


def test_an_answer_that_does_not_come_shows_what_did() -> None:
    console, shell = _pipe()
    os.write(shell, b"half an ans")
    console.timeout = 0.05
    with pytest.raises(AnswerTimeout, match="half an ans"):
        Session(console).read_answer()


def test_a_shell_that_ends_shows_what_it_said() -> None:
    console, shell = _pipe()
    os.write(shell, b"last words")
    os.close(shell)
    with pytest.raises(MachineEnded, match="last words"):
        Session(console).read_answer()


def test_an_answer_with_the_wrong_number_is_noticed() -> None:
    console, shell = _pipe()
    session = Session(console)
    os.write(shell, b'{"ok":true,"seq":1}\r\n{"ok":true,"seq":3}\r\n')
    session.read_answer()
    with pytest.raises(AssertionError, match="answer 2 expected"):
        session.read_answer()


def test_a_prompt_within_a_line_is_none() -> None:
    console, shell = _pipe()
    os.write(shell, b"not a heap44> here\r\nheap44> ")
    assert console.read_to_prompt() == "not a heap44> here\n"


def test_echoes_are_not_taken_for_answers() -> None:
    console, shell = _pipe()
    os.write(shell, b'heap44> {"ok":1} --json\r\nnoise {"seq":7}\r\n{"ok":true,"seq":8}\r\n')
    assert Session(console).read_answer()["seq"] == 8


def test_an_echo_that_looks_like_an_answer_is_none() -> None:
    console, shell = _pipe()
    os.write(shell, b'heap44> {"seq":7}\r\n{"ok":true,"seq":8}\r\n')
    assert Session(console).read_answer()["seq"] == 8


def test_pexpect_itself_may_read_in_between() -> None:
    console, shell = _pipe()
    os.write(shell, b'heap44> stats --json\r\n{"ok":true,"seq":1}\r\nheap44> ')
    assert console.read_to_prompt() == ""
    console.pexpect.expect_exact(b"--json\r\n", timeout=console.timeout)
    assert console.read_answer() == {"ok": True, "seq": 1}
    assert console.pexpect.expect_exact(b"heap44> ", timeout=console.timeout) == 0


def test_timeouts_are_scaled_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEAP44_TIMEOUT_FACTOR", "2.5")
    assert scaled(4) == 10


def test_everything_promised_is_there() -> None:
    assert all(hasattr(heap44, name) for name in heap44.__all__)


def test_a_machine_and_a_program_have_a_heap_each(machine: Machine) -> None:
    block = machine.heap.alloc(64)
    with HostProgram() as program:
        assert program.heap.blocks() == []
        assert program.heap.alloc(64).address == block.address
        assert program.heap is program.heap
    assert machine.heap.blocks() == [block]
    assert machine.heap is machine.heap


def test_two_heaps_take_turns_at_one_console(machine: Machine, heap: Heap) -> None:
    block = heap.alloc(64)
    assert machine.heap.blocks() == [block]
    heap.free(block)
    assert machine.heap.blocks() == heap.blocks() == []


def test_a_machine_that_is_killed_is_noticed(boot: Callable[..., Machine]) -> None:
    machine = boot()
    os.kill(machine.pid, signal.SIGKILL)
    with pytest.raises(MachineEnded):
        Heap(machine.console).command("stats")


def test_a_machine_that_cannot_start_tells_why() -> None:
    with pytest.raises(Exception) as failure:
        Machine(extra=["-no-such-option"])
    story = str(failure.value) + "".join(getattr(failure.value, "__notes__", []))
    assert "no-such-option" in story


def test_a_closed_machine_leaves_nothing_behind(boot: Callable[..., Machine]) -> None:
    machine = boot()
    workspace, pid = machine.workspace, machine.pid
    machine.close()
    machine.close()
    assert "heap44> " in machine.transcript, "the story outlives the machine"
    assert not workspace.exists()
    assert not Path(f"/proc/{pid}").exists()


def test_two_machines_do_not_know_of_each_other(boot: Callable[..., Machine]) -> None:
    first, second = Heap(boot().console), Heap(boot().console)
    first.alloc(64, name="only-here")
    assert second.blocks() == []


def test_a_machine_dies_with_the_process_that_booted_it() -> None:
    program = "from heap44 import Machine; m = Machine(); print(m.pid, flush=True); input()"
    paths = os.pathsep.join(sys.path)
    owner = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert owner.stdout is not None and owner.stdin is not None
    orphan = os.pidfd_open(int(owner.stdout.readline()))
    owner.kill()
    owner.wait()
    assert select.select([orphan], [], [], scaled(10))[0], "it goes on without its owner"
    os.close(orphan)
    owner.stdin.close()
    owner.stdout.close()


def test_qmp_tells_that_the_machine_runs(machine: Machine) -> None:
    assert machine.qmp.status() == "running"
    assert machine.qmp.registers()["CR3"] % 4096 == 0


def test_large_input_is_fed_while_answers_are_read(heap: Heap) -> None:
    answers = heap.pipeline(["alloc 16", "free all"] * 300)
    assert len(answers) == 600 and all(answer["ok"] for answer in answers)
