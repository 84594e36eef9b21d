# SPDX-License-Identifier: MIT
"""A mutation run over src/mm/heap: does a unit test fail for each small mistake in the code?

    tools/mutate.py DIRECTORY [--jobs N] [--only PATTERN] [--slowest MILLISECONDS]

All mutants are compiled at once: where the code says `a < b`, the copy in DIRECTORY says
`(MUTANT(7) ? (a <= b) : (a < b))`, and the environment variable HEAP44_MUTANT chooses one (the
"mutant schemata" of Untch, Offutt and Harrold, ISSTA 1993). Only the heap and the tests that
include it are compiled so; what else they need is linked as build/heap44-host has it. A first run
notes which tests come to which mutant; each mutant then meets only those, the quickest first, until
one fails. Mutants that do not compile are dropped.

Prints each survivor, and the score. Survivors that are no mistakes are explained in
tests/explained/mutants.txt, as they are printed here, file, line of code and what stands in it
instead:

    src/mm/heap/damage/shadow.cpp: if (a < b) return; -> (a <= b)

Status 0, whoever survives.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from explained import explained_in
from mutant_program import Build, run
from mutants import MUTATED, Collector, Mutant

EXPLAINED = Path("tests/explained/mutants.txt")


class Runner:
    """Runs the tests that come to a mutant."""

    def __init__(self, program: Path, slowest: int) -> None:
        self.program = program
        trace = program.parent / "trace"
        trace.unlink(missing_ok=True)
        # Death tests want AddressSanitizer's words.
        command = [str(program), "--gtest_brief=1", "--gtest_filter=-*DeathTest*"]
        run(command, {"HEAP44_TRACE": str(trace)}, check=True)
        self.tests: dict[int, list[tuple[int, str]]] = defaultdict(list)
        lines = [line.split() for line in trace.read_text(encoding="utf-8").splitlines()]
        quick = [line for line in lines if int(line[1]) <= slowest]
        print(f"{len(quick)} of {len(lines)} tests are quick enough", flush=True)
        for name, milliseconds, *numbers in quick:
            for number in numbers:
                self.tests[int(number)].append((int(milliseconds), name))

    def fails(self, number: int, tests: list[tuple[int, str]]) -> bool:
        """Whether one of the tests fails, or does not come to its end."""
        seconds = 2 + 5 * sum(milliseconds for milliseconds, _ in tests) // 1000
        flags = self.program.parent / f"flags-{number}"
        flags.write_text("--gtest_filter=" + ":".join(name for _, name in tests))
        environment = {"HEAP44_MUTANT": str(number), "HEAP44_SECONDS": str(seconds)}
        command = [str(self.program), "--gtest_fail_fast", f"--gtest_flagfile={flags}"]
        try:
            return run(command, environment, timeout=60 + 30 * seconds).returncode != 0
        except subprocess.TimeoutExpired:
            return True
        finally:
            flags.unlink()

    def fate(self, mutant: Mutant) -> str:
        """`killed`, `survived`, or `unreached`."""
        tests = sorted(self.tests[mutant.number])
        if not tests:
            return "unreached"
        # The quickest first: most mistakes are found at once.
        batches = [tests[:20], tests[20:100], tests[100:]]
        failed = any(self.fails(mutant.number, some) for some in batches if some)
        return "killed" if failed else "survived"


def main() -> int:
    parser = argparse.ArgumentParser(description="a mutation run over src/mm/heap")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", default="", help="only mutants in files whose name this finds")
    parser.add_argument("--slowest", type=int, default=1000, help="leave out slower tests")
    options = parser.parse_args()
    collector = Collector()
    for unit in sorted(Path(MUTATED).rglob("*.cpp")):
        collector.read(str(unit))
    build = Build(options.directory, collector, options.jobs)
    build.build()
    runner = Runner(options.directory / "unit-tests", options.slowest)
    explained = explained_in(EXPLAINED)
    chosen = [m for m in collector.mutants if not m.dropped and re.search(options.only, m.file)]
    counts: dict[str, int] = defaultdict(int)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for mutant, fate in zip(chosen, pool.map(runner.fate, chosen)):
            if fate != "killed" and str(mutant) in explained:
                fate = "explained"
            counts[fate] += 1
            if fate in ("survived", "unreached"):
                print(f"{fate} {mutant}", flush=True)
    dropped = sum(mutant.dropped for mutant in collector.mutants)
    print(
        f"{len(chosen)} mutants: {counts['killed']} killed, {counts['explained']} explained, "
        f"{counts['survived']} survived, {counts['unreached']} not reached; "
        f"{dropped} did not compile"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
