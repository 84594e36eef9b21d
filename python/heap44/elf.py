# SPDX-License-Identifier: MIT
"""The loadable segments of an ELF file, as its program headers tell them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

_load = 1
_header = struct.Struct("<16sHHIQQQIHHHHHH")
_program_header = struct.Struct("<IIQQQQQQ")


@dataclass(frozen=True)
class Segment:
    """``start`` up to ``end`` in virtual memory, and its rights.

    The file holds its first ``stored`` bytes; the rest are zeros.
    """

    start: int
    end: int
    physical: int
    stored: int
    readable: bool
    writable: bool
    executable: bool


def load_segments(path: Path) -> list[Segment]:
    """The PT_LOAD segments of a 64-bit little-endian ELF file that are not empty."""
    data = path.read_bytes()
    if data[:6] != b"\x7fELF\x02\x01":
        raise ValueError(f"{path} is no 64-bit little-endian ELF file")
    fields = _header.unpack_from(data)
    offset, size, count = fields[5], fields[9], fields[10]
    headers = [_program_header.unpack_from(data, offset + size * i) for i in range(count)]
    return [_segment(header) for header in headers if header[0] == _load and header[6]]


def _segment(header: tuple[int, ...]) -> Segment:
    _, flags, _, virtual, physical, stored, size, _ = header
    return Segment(
        virtual,
        virtual + size,
        physical,
        stored,
        readable=bool(flags & 4),
        writable=bool(flags & 2),
        executable=bool(flags & 1),
    )
