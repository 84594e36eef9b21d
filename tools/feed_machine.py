# SPDX-License-Identifier: MIT
"""Runs a machine whose keys come from a file or a pipe, and switches it off behind the last one.

    tools/feed_machine.py QEMU [ARGUMENT…]   its serial port is standard input and output

This process becomes QEMU, so signals and the status are QEMU's own. A child passes standard input
on, and `poweroff` behind it. It ends with QEMU, however long standard input may stay open.
"""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator
from contextlib import suppress


def pieces(machine: int) -> Iterator[bytes]:
    """What standard input brings, until its end or until nobody reads ``machine`` any more."""
    events = select.poll()
    events.register(0, select.POLLIN)
    events.register(machine, 0)  # an error, which is told of without being asked for
    while all(source != machine for source, _ in events.poll()):
        data = os.read(0, 65536)
        if not data:
            return
        yield data


def feed(machine: int) -> None:
    """A last line without an end is one all the same."""
    last = b"\r"
    with suppress(OSError):
        for data in pieces(machine):
            write(machine, data)
            last = data[-1:]
    with suppress(OSError):
        write(machine, b"poweroff\r" if last in b"\r\n" else b"\rpoweroff\r")


def write(machine: int, data: bytes) -> None:
    """All of it, however slowly the machine takes it."""
    while data:
        data = data[os.write(machine, data) :]


def main() -> None:
    if not os.path.exists("/dev/fd/0"):
        os.open(os.devnull, os.O_RDONLY)  # closed is as good as empty
    reader, writer = os.pipe()
    if os.fork() == 0:
        # Whoever waits for the end of what QEMU says must not wait for this process.
        for mine in (reader, 1, 2):
            os.close(mine)
        feed(writer)
        os._exit(0)
    os.dup2(reader, 0)
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
