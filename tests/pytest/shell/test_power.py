# SPDX-License-Identifier: MIT
"""Every way to end a machine or to start it anew, and machines that cannot be ended."""

from __future__ import annotations

from typing import Callable

import pytest
from heap44 import Heap, Machine

Boot = Callable[..., Machine]


@pytest.mark.parametrize(("argument", "status"), [("0", 1), ("5", 11), ("127", 255), ("0x10", 33)])
def test_poweroff_hands_a_status_on(boot: Boot, argument: str, status: int) -> None:
    machine = boot()
    machine.console.send_line(f"poweroff {argument}")
    assert machine.wait_for_end() == status


def test_poweroff_without_the_device_says_so_and_shuts_down(boot: Boot) -> None:
    machine = boot(exit_device=False)
    machine.console.send_line("poweroff 5")
    assert b"isa-debug-exit" in machine.console.read_rest()
    assert machine.wait_for_end() == 0


def test_poweroff_is_answered_before_the_end(boot: Boot) -> None:
    machine = boot()
    machine.console.send_line("poweroff --json")
    assert Heap(machine.console).read_answer()["command"] == "poweroff"
    assert machine.wait_for_end() == 0


def test_reboot_starts_anew(boot: Boot) -> None:
    machine = boot(reboots=True)
    heap = Heap(machine.console)
    heap.alloc(64)
    machine.console.send_line("reboot")
    machine.console.read_line()
    assert "Heap44" in machine.console.read_to_prompt()
    heap = Heap(machine.console)
    assert heap.blocks() == []
    assert heap.alloc(64).id == 1
    assert machine.running()


def test_reboot_resets_the_machine(boot: Boot) -> None:
    machine = boot(reboots=False)
    machine.console.send_line("reboot")
    assert machine.wait_for_end() == 0


NO_ACPI = ("-machine", "acpi=off")


def _refused(boot: Boot, command: str, **options: bool) -> str:
    heap = Heap(boot(extra=NO_ACPI, **options).console)
    error = heap.answer(command)["error"]
    assert error["code"] == "not-supported"
    assert heap.alloc(64).id == 1
    return str(error["message"])


@pytest.mark.parametrize("command", ["poweroff", "poweroff 3"])
def test_poweroff_is_refused_where_nothing_tells_how(boot: Boot, command: str) -> None:
    message = _refused(boot, command, exit_device=False)
    assert message == "the firmware does not tell how to switch this machine off"


def test_a_status_ends_a_machine_without_acpi(boot: Boot) -> None:
    machine = boot(extra=NO_ACPI)
    heap = Heap(machine.console)
    assert heap.answer("poweroff")["error"]["hint"].startswith("'poweroff 0' ends it")
    machine.console.send_line("poweroff 3")
    assert machine.wait_for_end() == 7


def test_a_refused_poweroff_leaves_the_line_whole_within_others(boot: Boot) -> None:
    heap = Heap(boot(extra=NO_ACPI).console)
    answer = heap.command("repeat 3 poweroff")
    assert (answer["runs"], answer["failed"], len(answer["results"])) == (3, 3, 3)
    assert heap.alloc(64).id == 1


def test_reboot_needs_no_acpi_and_ends_what_runs_it(boot: Boot) -> None:
    machine = boot(extra=NO_ACPI, reboots=True)
    machine.console.send_line("repeat 2 reboot --json")
    answer = Heap(machine.console).read_answer()
    assert answer["ok"] and (answer["runs"], len(answer["results"])) == (1, 1)
    assert "Heap44" in machine.console.read_to_prompt()


@pytest.mark.parametrize("line", ["repeat 2 poweroff", "time poweroff"])
def test_what_ends_the_machine_ends_what_runs_it_and_is_its_last_result(
    boot: Boot, line: str
) -> None:
    machine = boot()
    machine.console.send_line(f"{line} --json")
    heap = Heap(machine.console)
    answer = heap.read_answer()
    assert answer["ok"] and len(answer["results"]) == 1
    assert answer.get("runs", 1) == 1
    assert machine.console.read_rest() == b""
