# SPDX-License-Identifier: MIT
"""Checks that renderers only draw.

    tools/check_renderers.py src

Nothing in `shell/render` may include, directly or through other headers, what runs commands or
measures, or what changes a heap's past; nor name by a reference that could change it what a
renderer is to look at only. Prints a line for each offence; status 1 if there is one.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOM = "shell/render/"

# What acts: headers that no renderer may see.
ACTING = {
    "mm/heap/history/journal.hpp": "brings a heap back to another time",
    "shell/lab/benchmark.hpp": "measures",
    "shell/answer/context.hpp": "holds what commands act with",
    "shell/lab/exercise.hpp": "runs operations",
    "shell/answer/executor.hpp": "runs commands",
    "shell/platform/guard.hpp": "ends commands",
    "shell/lab/heap_difference.hpp": "brings a heap back to another time",
    "shell/interpreter.hpp": "runs commands",
    "shell/platform/safe_point.hpp": "ends commands",
    "shell/shell.hpp": "runs commands",
    "shell/lab/stress.hpp": "runs operations",
    "shell/lab/try_search.hpp": "tries things out on a heap",
    "shell/lab/workloads.hpp": "runs operations",
}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
COMMENT = re.compile(r"//[^\n]*")
# Types that a renderer looks at, named so that they could be changed.
CHANGING = re.compile(
    r"(?<!const )(?<!mm::)\b(?:(?:mm::)?(?:Heap|Ledger|Trace|Journal)|Machine|Session|Terminal"
    r"|Guard|Context|Executor|Notices|Reply)\s*[&*]|\bconst_cast\b"
)


class Tree:
    """The headers of a source tree, and what each includes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[str, list[str]] = {}

    def includes(self, name: str) -> list[str]:
        """The headers that a file includes itself; none for what is not in the tree."""
        if name not in self._known:
            path = self.root / name
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            self._known[name] = INCLUDE.findall(text)
        return self._known[name]

    def ways(self, name: str) -> dict[str, list[str]]:
        """Every header that a file includes in the end, with the shortest way there."""
        found: dict[str, list[str]] = {}
        waiting = [[name]]
        for way in waiting:
            for header in self.includes(way[-1]):
                if header not in found:
                    found[header] = [*way[1:], header]
                    waiting.append([*way, header])
        return found


def offences(tree: Tree, path: Path) -> list[str]:
    """What is wrong with one renderer, a line each."""
    found = []
    for header, way in tree.ways(path.relative_to(tree.root).as_posix()).items():
        if header in ACTING:
            by = f", by {' > '.join(way[:-1])}" if len(way) > 1 else ""
            found.append(f"{path}: includes {header}, which {ACTING[header]}{by}")
    code = COMMENT.sub("", path.read_text(encoding="utf-8"))
    for match in CHANGING.finditer(code):
        found.append(f"{path}: '{match.group().strip()}' could change what is only to be drawn")
    return found


def main() -> int:
    tree = Tree(Path(sys.argv[1]))
    files = sorted((tree.root / ROOM).rglob("*.[ch]pp"))
    found = [line for path in files for line in offences(tree, path)]
    if not files:
        found.append(f"{tree.root / ROOM}: no renderers are there")
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
