# SPDX-License-Identifier: MIT
"""A machine's memory, seen from outside: the very pages that QEMU gives it, mapped here, too."""

from __future__ import annotations

import mmap
import os

_units = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
# Where the memory of QEMU's pc machine goes on above what is kept for devices.
_high = 4 << 30


class Memory:
    """``size`` (as QEMU's -m: ``"64M"``) of physical memory, zeroed; only what is used is taken.

    Nobody is asked and nobody notices: what the processor does at the same time is the reader's
    concern. The devices' memory below 1 MiB is not here.
    """

    def __init__(self, size: str) -> None:
        self._size = int(size[:-1]) * _units[size[-1]]
        self._file = os.memfd_create("heap44-memory")
        os.ftruncate(self._file, self._size)
        self._bytes = mmap.mmap(self._file, self._size)
        # From 3.5 GiB on QEMU leaves the fourth GiB to devices.
        self._low = self._size if self._size < 0xE000_0000 else 3 << 30

    @property
    def path(self) -> str:
        """Where QEMU finds the same memory."""
        return f"/proc/{os.getpid()}/fd/{self._file}"

    def read(self, address: int, size: int) -> bytes:
        """``size`` bytes at a physical address."""
        start = self._offset(address, size)
        return self._bytes[start : start + size]

    def write(self, address: int, data: bytes) -> None:
        """Changes the bytes at a physical address."""
        start = self._offset(address, len(data))
        self._bytes[start : start + len(data)] = data

    def close(self) -> None:
        """Gives the memory back. May be called twice."""
        self._bytes.close()
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def _offset(self, address: int, size: int) -> int:
        offset = address if address < _high else address - _high + self._low
        end = self._low if address < _high else self._size
        if offset < 0 or offset + size > end:
            raise ValueError(f"{address:#x}, {size} bytes: there is no such memory")
        return offset
