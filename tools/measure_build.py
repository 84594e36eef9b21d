#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measures the processor time of a clean build: a commit's and the working tree's, by turns.

    measure_build.py COMMIT TURNS GOAL…

Each turn is `make GOAL…` in a copy of its own, without ccache. The time is that of all that make
ran, user and system together: a noisy machine lengthens it less than what a clock shows.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PLAIN_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
WORKING_TREE = "git ls-files -coz --exclude-standard | xargs -0 ls -d 2>/dev/null | tar -c -T -"


def copy(archive: str, tree: Path) -> None:
    """Unpacks what the command `archive` writes."""
    tree.mkdir()
    subprocess.run(f"{archive} | tar -x -C '{tree}'", shell=True, check=True)


def processor_seconds(tree: Path, goals: list[str]) -> float:
    shutil.rmtree(tree / "build", ignore_errors=True)
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    environment |= {"PATH": PLAIN_PATH, "CCACHE_DISABLE": "1"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["make", *goals], cwd=tree, env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    commit, turns, goals = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    with tempfile.TemporaryDirectory() as directory:
        trees = {commit: Path(directory) / "then", "working tree": Path(directory) / "today"}
        copy(f"git archive '{commit}'", trees[commit])
        copy(WORKING_TREE, trees["working tree"])
        measured: dict[str, list[float]] = {name: [] for name in trees}
        for _ in range(turns):
            for name, tree in trees.items():
                measured[name].append(processor_seconds(tree, goals))
                print(f"{measured[name][-1]:7.1f} s  {name}", flush=True)
    least = {name: min(seconds) for name, seconds in measured.items()}
    share = least["working tree"] / least[commit]
    print(f"{share:7.2f}    of {commit} is what the working tree takes (the least of each)")


if __name__ == "__main__":
    main()
