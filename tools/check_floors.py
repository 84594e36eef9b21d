# SPDX-License-Identifier: MIT
"""Checks that nothing points up the floors and rooms of docs/architecture.md.

    tools/check_floors.py src

A room is a folder. Each `#include "ROOM/…"` must name the file's own room or one on a level below;
rooms on one level use nothing of each other. Assembly and port I/O may stand only where the
processor is. Prints a line for each offence; status 1 if there is one.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

# From below.
LEVELS = [
    ["boot", "lib"],
    ["lib/freestanding", "mm/heap/ledger"],
    ["mm/heap/designs/parts"],
    ["mm/heap/designs"],
    ["mm/heap/damage"],
    ["mm/heap"],
    ["mm/heap/history", "library"],
    ["mm"],
    ["shell/platform"],
    ["shell/input", "shell/explain"],
    ["shell/answer"],
    ["shell/cpp", "shell/lab", "shell/render"],
    ["shell/commands", "shell/render/json", "shell/render/text"],
    ["shell"],
    ["kernel/x86_64", "host"],
    ["kernel/boot"],
    ["kernel/devices"],
    ["kernel"],
]
HEIGHTS = {room: height for height, level in enumerate(LEVELS) for room in level}

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)/[^"/]+"', re.MULTILINE)
MACHINE = re.compile(r"\b(?:asm|__asm__|__asm)\b\s*(?:volatile|goto|\()|\b(?:in|out)[bwl]\s*\(")
MACHINE_ROOMS = {"boot", "kernel/x86_64", "lib/freestanding"}


def offences(root: Path, path: Path) -> list[str]:
    """What is wrong with one file, a line each."""
    room = path.relative_to(root).parent.as_posix()
    if room.startswith("lib/freestanding/"):
        return []  # the headers of a C library, which stand in for the system's
    if room not in HEIGHTS:
        return [f"{path}: {room}/ is no room of the plan (LEVELS in tools/check_floors.py)"]
    text = path.read_text(encoding="utf-8")
    found = []
    for match in INCLUDE.finditer(text):
        target = match.group(1)
        height = HEIGHTS.get(target)
        if height is None or target == room:
            continue
        if height >= HEIGHTS[room]:
            where = "above" if height > HEIGHTS[room] else "beside"
            found.append(f"{path}: includes {target}/, which stands {where} {room}/")
    if room not in MACHINE_ROOMS and MACHINE.search(text):
        found.append(f"{path}: assembly or port I/O outside {', '.join(sorted(MACHINE_ROOMS))}")
    return found


def main() -> int:
    root = Path(sys.argv[1])
    files = sorted(path for path in root.rglob("*") if path.suffix in {".cpp", ".hpp"})
    found = [line for path in files for line in offences(root, path)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
