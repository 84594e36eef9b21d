# SPDX-License-Identifier: MIT
"""Prints which branches the unit tests take, and which conditions they show to matter (MC/DC).

    tools/coverage_report.py EXPORT_JSON

EXPORT_JSON is what `llvm-cov export` writes. A branch of a template counts as taken if it is taken
in one of the template's instances. Lists each branch that is not taken, and whether it is among
those that tests/explained/branches.txt explains, by file and condition as it is written:

    src/mm/heap/damage/access.cpp: place.kind

Status 1 if a branch is neither taken nor explained, or if a line there explains nothing.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from explained import explained_in

EXPLAINED = Path("tests/explained/branches.txt")
Place = tuple[int, int, int, int]


def text_at(source: list[str], place: Place) -> str:
    """What is written there; a condition of several lines is told by its first."""
    line, column, last_line, last_column = place
    text = source[line - 1]
    return text[column - 1 : last_column - 1] if line == last_line else text[column - 1 :].strip()


def branches_of(file: dict[str, Any]) -> dict[Place, list[int]]:
    """How often each condition was true, and how often false."""
    counts: dict[Place, list[int]] = defaultdict(lambda: [0, 0])
    source = Path(file["filename"]).read_text(encoding="utf-8").splitlines()
    for branch in file["branches"]:
        place = (branch[0], branch[1], branch[2], branch[3])
        # The compiler wrote such a comparison, and its branches are all at one place.
        if source[place[0] - 1].rstrip().endswith("= default;"):
            continue
        counts[place][0] += branch[4]
        counts[place][1] += branch[5]
    return counts


def conditions_of(file: dict[str, Any]) -> list[bool]:
    """For each condition of a decision whether it was shown to matter."""
    shown: dict[Place, list[bool]] = {}
    for record in file["mcdc_records"]:
        place = (record[0], record[1], record[2], record[3])
        before = shown.get(place, [False] * len(record[-1]))
        shown[place] = [old or new for old, new in zip(before, record[-1], strict=True)]
    return [each for conditions in shown.values() for each in conditions]


def main() -> int:
    data = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["data"][0]
    explained = explained_in(EXPLAINED)
    used = set()
    sums = [0, 0, 0, 0]
    lines = []
    unexplained = 0
    print(f"{'file':<48} {'branches':>12} {'MC/DC':>12}")
    for file in data["files"]:
        name = file["filename"].removeprefix(f"{Path.cwd()}/")
        source = Path(file["filename"]).read_text(encoding="utf-8").splitlines()
        branches, conditions = branches_of(file), conditions_of(file)
        taken = sum((count > 0) for counts in branches.values() for count in counts)
        figures = [taken, 2 * len(branches), sum(conditions), len(conditions)]
        sums = [total + figure for total, figure in zip(sums, figures, strict=True)]
        print(f"{name:<48} {f'{taken}/{figures[1]}':>12} {f'{figures[2]}/{figures[3]}':>12}")
        for place, counts in sorted(branches.items()):
            for value, count in zip(("true", "false"), counts, strict=True):
                if count > 0:
                    continue
                text = text_at(source, place)
                branch = f"{name}: {text}"
                is_explained = branch in explained
                used.add(branch)
                unexplained += not is_explained
                note = "explained" if is_explained else "not explained"
                lines.append(f"{name}:{place[0]}: never {value}, {note}: {text}")
    print(f"{'all':<48} {f'{sums[0]}/{sums[1]}':>12} {f'{sums[2]}/{sums[3]}':>12}")
    stale = [f"{EXPLAINED} explains what is taken: {branch}" for branch in sorted(explained - used)]
    print("\n".join(lines + stale))
    return int(unexplained > 0 or bool(stale))


if __name__ == "__main__":
    sys.exit(main())
