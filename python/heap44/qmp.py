# SPDX-License-Identifier: MIT
"""A client for QEMU's machine protocol: looks at a machine from outside, and pokes it."""

from __future__ import annotations

import json
import re
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

from heap44.console import scaled


class QmpError(Exception):
    """QEMU refused a command, or ended."""


class Qmp:
    """One QMP connection. ``workspace`` is a directory of one's own for memory dumps."""

    def __init__(self, connection: socket.socket, workspace: Path) -> None:
        connection.settimeout(scaled(20))
        self._stream = connection.makefile("rwb")
        self._workspace = workspace
        self._read()  # the greeting
        self.execute("qmp_capabilities")

    def execute(self, command: str, **arguments: Any) -> Any:
        """Runs a command (underscores in argument names stand for dashes); what it returns."""
        named = {key.replace("_", "-"): value for key, value in arguments.items()}
        request = {"execute": command, "arguments": named}
        try:
            self._stream.write(json.dumps(request).encode() + b"\n")
            self._stream.flush()
        except OSError as failure:
            raise QmpError(f"{command}: {failure}") from None
        while True:
            reply = self._read()
            if "return" in reply:
                return reply["return"]
            if "error" in reply:
                raise QmpError(f"{command}: {reply['error']}")

    def virtual_memory(self, address: int, size: int) -> bytes:
        """``size`` bytes at a virtual address of the running kernel."""
        target = self._workspace / "memory.dump"
        self.execute("memsave", val=address, size=size, filename=str(target))
        data = target.read_bytes()
        target.unlink()
        if len(data) != size:
            raise QmpError(f"memsave: {len(data)} bytes instead of {size}")
        return data

    def registers(self) -> dict[str, int]:
        """The processor's registers as `info registers` names them (CR0, CR3, CR4, EFER, RIP…)."""
        text = self.monitor("info registers")
        return {name: int(value, 16) for name, value in re.findall(r"(\w+) ?=([0-9a-f]+)", text)}

    def monitor(self, command: str) -> str:
        """A command of the human monitor; its text."""
        return str(self.execute("human-monitor-command", command_line=command))

    def inject_nmi(self) -> None:
        """Sends the processor a non-maskable interrupt."""
        self.execute("inject-nmi")

    def send_break(self, chardev: str = "com1") -> None:
        """Lets the serial port see a break, which damages the line that is being typed."""
        self.execute("chardev-send-break", id=chardev)

    def status(self) -> str:
        """``running``, ``paused``, ``internal-error``…"""
        return str(self.execute("query-status")["status"])

    def close(self) -> None:
        """Closes the connection; the machine goes on. May be called twice."""
        with suppress(OSError):
            self._stream.close()

    def _read(self) -> dict[str, Any]:
        try:
            line = self._stream.readline()
        except OSError as failure:
            raise QmpError(f"no answer: {failure}") from None
        if not line:
            raise QmpError("QEMU closed the connection")
        reply: dict[str, Any] = json.loads(line)
        return reply
