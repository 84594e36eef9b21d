#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Tells what share of a host's processor a machine takes that waits at its prompt.

A measurement and no test: it depends on the host, so nothing passes or fails by it.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))

from heap44 import Machine  # noqa: E402


def processor_seconds(pid: int) -> float:
    """What a process has used so far, in user and system mode."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    window = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    with Machine() as machine:
        used, start = processor_seconds(machine.pid), time.monotonic()
        time.sleep(window)
        share = (processor_seconds(machine.pid) - used) / (time.monotonic() - start)
    print(f"idle: {share:.2%} of one processor, measured for {window:g} s")


if __name__ == "__main__":
    main()
