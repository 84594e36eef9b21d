# SPDX-License-Identifier: MIT
"""How much of the source is comment: lines that begin with one, of those that are not blank.

    tools/measure_comments.py [FOLDER...]      default: src

Prints a line for each folder with files of its own, and the whole: comment lines, lines, percent.
The SPDX line of each file does not count.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

BEGINNINGS = {".cpp": ("//",), ".hpp": ("//",), ".asm": (";",), ".h": ("//", "/*", " *")}


def count(path: Path) -> tuple[int, int]:
    """The comment lines of a file, and all its lines that are not blank."""
    lines = [
        line.strip()
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip() and "SPDX-License-Identifier" not in line
    ]
    return sum(line.startswith(BEGINNINGS[path.suffix]) for line in lines), len(lines)


def main() -> None:
    comments: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    for folder in sys.argv[1:] or ["src"]:
        for path in sorted(Path(folder).rglob("*")):
            if path.suffix not in BEGINNINGS:
                continue
            found = count(path)
            for name in (str(path.parent), "all"):
                comments[name] += found[0]
                lines[name] += found[1]
    for name in sorted(lines, key=lambda name: (name == "all", name)):
        share = 100 * comments[name] / lines[name]
        print(f"{name:<28} {comments[name]:>6} {lines[name]:>7} {share:>6.1f} %")


if __name__ == "__main__":
    main()
