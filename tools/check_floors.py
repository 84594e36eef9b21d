# SPDX-License-Identifier: MIT
"""Checks that nothing points up the floors of docs/architecture.md.

    tools/check_floors.py src

Each `#include "FLOOR/…"` must name the file's own floor or one below it, and assembly and port
I/O may stand only where the processor is. Prints a line for each offence; status 1 if there is one.
"""

import re
import sys
from pathlib import Path

FLOORS = ["boot", "lib", "mm", "shell", "kernel"]
# The host program stands beside the kernel: both use the shell, neither the other. The C library
# stands beside the shell: both use the heap.
BESIDE = {"host": FLOORS.index("kernel"), "library": FLOORS.index("shell")}

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"/]+)/', re.MULTILINE)
MACHINE = re.compile(r"\b(?:asm|__asm__|__asm)\b\s*(?:volatile|goto|\()|\b(?:in|out)[bwl]\s*\(")
MACHINE_ROOMS = ("boot/", "kernel/x86_64/", "lib/freestanding/")


def height(floor: str) -> int | None:
    """The floor's number from below; None for what is no floor of ours."""
    return BESIDE.get(floor, FLOORS.index(floor) if floor in FLOORS else None)


def offences(root: Path, path: Path) -> list[str]:
    """What is wrong with one file, a line each."""
    inner = path.relative_to(root).as_posix()
    floor = inner.split("/")[0]
    text = path.read_text(encoding="utf-8")
    found = []
    own = height(floor)
    for match in INCLUDE.finditer(text):
        target = match.group(1)
        other = height(target)
        if own is None or other is None:
            continue
        if other > own or (other == own and target != floor):
            found.append(f"{path}: includes {target}/, which stands above {floor}/")
    if not inner.startswith(MACHINE_ROOMS) and MACHINE.search(text):
        found.append(f"{path}: assembly or port I/O outside {', '.join(MACHINE_ROOMS)}")
    return found


def main() -> int:
    root = Path(sys.argv[1])
    files = sorted(path for path in root.rglob("*") if path.suffix in {".cpp", ".hpp"})
    found = [line for path in files for line in offences(root, path)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
