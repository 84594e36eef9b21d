# SPDX-License-Identifier: MIT
"""Prints a table of llvm-cov's figures: branches and MC/DC taken, of how many, for each file.

    tools/coverage_report.py SUMMARY_JSON

Status 1 if a branch is not taken in a file that docs/testing.md does not explain.
"""

import json
import sys
from pathlib import Path

EXPLAINED = Path("docs/testing.md")


def main() -> int:
    data = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["data"][0]
    root = f"{Path.cwd()}/"
    explained = EXPLAINED.read_text(encoding="utf-8") if EXPLAINED.exists() else ""
    missed = False
    print(f"{'file':<48} {'branches':>12} {'MC/DC':>12}")
    for each in data["files"] + [{"filename": "all", "summary": data["totals"]}]:
        name = each["filename"].removeprefix(root)
        branches, mcdc = (each["summary"][kind] for kind in ("branches", "mcdc"))
        taken = [f"{kind['covered']}/{kind['count']}" for kind in (branches, mcdc)]
        print(f"{name:<48} {taken[0]:>12} {taken[1]:>12}")
        if branches["covered"] < branches["count"] and name != "all" and name not in explained:
            missed = True
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
