# SPDX-License-Identifier: MIT
"""What is typed before the kernel has set up its port, or the program its terminal, is input."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from typing import Callable

import pytest
from heap44 import Machine
from heap44.machine import build_directory

Boot = Callable[..., Machine]


def _typed_at_power_on(boot: Boot, firmware: str, text: bytes) -> Machine:
    machine = boot(firmware, extra=["-S"], wait=False)
    machine.console.send(text)
    machine.qmp.execute("cont")
    return machine


@pytest.mark.parametrize("firmware", ["pvh", "bios"])
def test_the_first_byte_is_not_lost(boot: Boot, firmware: str) -> None:
    machine = _typed_at_power_on(boot, firmware, b"xalloc 64\rblocks\rpoweroff 3\r")
    assert machine.wait_for_end() == 7
    assert "'xalloc'" in machine.transcript
    assert "no live block" in machine.transcript


def test_a_long_script_arrives_whole(boot: Boot) -> None:
    lines = [f"line {number}" for number in range(3000)]
    script = "".join(f"echo {line}\r" for line in lines)
    machine = _typed_at_power_on(boot, "pvh", f"{script}poweroff 3\r".encode())
    assert machine.wait_for_end(60) == 7
    said = [line for line in machine.transcript.splitlines() if line.startswith("line ")]
    assert said == lines



def test_the_host_program_takes_what_was_typed_ahead() -> None:
    controller, terminal = os.openpty()
    os.write(controller, b"alloc 64\rpoweroff\r")
    with subprocess.Popen(
        [build_directory() / "heap44-host"], stdin=terminal, stdout=terminal, stderr=terminal
    ) as program:
        os.close(terminal)
        said = b""
        with suppress(OSError):  # the other end is closed
            while more := os.read(controller, 4096):
                said += more
        os.close(controller)
        assert program.wait() == 0
    assert b"#1 at 0x444444440000, 64 bytes" in said
