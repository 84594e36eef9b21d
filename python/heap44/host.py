# SPDX-License-Identifier: MIT
"""The same shell as a Linux program, spoken to through pipes: no boot, no prompt, no echo."""

from __future__ import annotations

import subprocess
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Sequence

from heap44.client import Heap
from heap44.closing import Closing
from heap44.console import Console, scaled
from heap44.machine import build_directory, die_with_parent


class HostProgram(Closing):
    """A running heap44-host; `heap` takes commands, through ``console``, as a machine's does."""

    def __init__(self, program: Path | None = None, arguments: Sequence[str] = ()) -> None:
        self._stderr = tempfile.TemporaryFile()
        self._said = ""
        self._process = subprocess.Popen(
            [str(program or build_directory() / "heap44-host"), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            preexec_fn=die_with_parent,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._pipes = (self._process.stdin, self._process.stdout)
        reader, writer = self._process.stdout.fileno(), self._process.stdin.fileno()
        self.console = Console(reader, writer, prompts=False)

    @cached_property
    def heap(self) -> Heap:
        """The heap behind the shell at ``console``; always the same object."""
        return Heap(self.console)

    @property
    def stderr(self) -> str:
        """What the program wrote to its standard error; after `close` too."""
        if not self._stderr.closed:
            self._stderr.seek(0)
            self._said = self._stderr.read().decode(errors="backslashreplace")
        return self._said

    def write_memory(self, address: int, data: bytes) -> None:
        """Writes at an address of the program, behind its back."""
        with open(f"/proc/{self._process.pid}/mem", "r+b", buffering=0) as memory:
            memory.seek(address)
            memory.write(data)

    def running(self) -> bool:
        """Whether the program has not ended."""
        return self._process.poll() is None

    def end_input(self) -> int:
        """Closes its standard input and waits for the end; the exit status."""
        self._pipes[0].close()
        return self._process.wait(scaled(10))

    def close(self) -> None:
        """Ends the program however it stands."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for pipe in self._pipes:
            pipe.close()
        self._said = self.stderr
        self._stderr.close()
