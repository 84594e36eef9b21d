# SPDX-License-Identifier: MIT
"""Writes into a machine's memory from outside, through QEMU's gdb stub."""

from __future__ import annotations

import socket
from pathlib import Path

from heap44.console import scaled
from heap44.qmp import Qmp, QmpError


def write_memory(qmp: Qmp, workspace: Path, address: int, data: bytes) -> None:
    """Writes ``data`` at a virtual address of the running kernel, which stands still meanwhile."""
    path = workspace / "gdb.sock"
    qmp.monitor(f"gdbserver unix:{path},server=on,wait=off")
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stub:
            stub.settimeout(scaled(20))
            stub.connect(str(path))
            # To connect stops the machine, to detach lets it run.
            for packet in (f"M{address:x},{len(data):x}:{data.hex()}", "D"):
                if _ask(stub, packet) != "OK":
                    raise QmpError(f"the gdb stub refused {packet}")
    finally:
        qmp.monitor("gdbserver none")
        path.unlink(missing_ok=True)


def _ask(stub: socket.socket, packet: str) -> str:
    """Sends ``$packet#checksum``; the text of the answer, acknowledged."""
    body = packet.encode()
    stub.sendall(b"$%s#%02x" % (body, sum(body) % 256))
    received = b""
    while True:
        before, _, rest = received.partition(b"#")
        if len(rest) >= 2:
            stub.sendall(b"+")
            answer = before.partition(b"$")[2].decode()
            # The machine was stopped by connecting, and says so first.
            if not answer.startswith(("T", "S")):
                return answer
            received = rest[2:]
            continue
        more = stub.recv(4096)
        if not more:
            raise QmpError("the gdb stub closed the connection")
        received += more
