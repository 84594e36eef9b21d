# SPDX-License-Identifier: MIT
"""The kernel's file: what it holds, and what it need not hold."""

from __future__ import annotations

from heap44.elf import load_segments
from heap44.machine import build_directory


def test_the_image_holds_no_large_objects_of_zeros() -> None:
    # 60 KiB are the log, the table of regions, reports and the like, nearly all zeros too, but with
    # pointers in between. The smaller of the serial port's queues would be another 16.
    segments = load_segments(build_directory() / "heap44.elf")
    stored = sum(segment.stored for segment in segments if segment.writable)
    assert 0 < stored < 72 << 10
