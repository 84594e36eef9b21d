# SPDX-License-Identifier: MIT
"""What a command of `heap44-host` costs: two builds by turns, in CPU time.

    tools/bench_shell.py OLD NEW [ROUNDS]    two programs; 5 rounds by default

Prints a table: microseconds a command, and new by old, with heaps of 100 KiB and 16 MiB. Each is
the least of all rounds, for what else the machine does can only add to it; the cost of starting the
program is taken off.
"""

from __future__ import annotations

import resource
import subprocess
import sys

COMMANDS = {
    "a command that changes nothing": "echo a\n",
    "a command that changes a byte": "poke 0x444444440000 01 --force\n",
    "alloc and free": "alloc 64 name=a; free a\n",
}
COUNTS = {"100K": 1000, "16M": 100}
"""How often each is run, by the heap's size."""


def cpu_seconds(program: str, size: str, text: str) -> float:
    """User and system time of one run that is given these lines."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [program, f"heap44.size={size}"]
    subprocess.run(command, input=text.encode(), stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    if not 3 <= len(sys.argv) <= 4:
        print(__doc__, file=sys.stderr)
        return 2
    programs, rounds = sys.argv[1:3], int(sys.argv[3]) if len(sys.argv) > 3 else 5
    print("| heap | command | old µs | new µs | new/old |\n|---|---|--:|--:|--:|")
    for size, count in COUNTS.items():
        for name, text in COMMANDS.items():
            least = [float("inf")] * 2
            for _ in range(rounds):
                for index, program in enumerate(programs):
                    start = min(cpu_seconds(program, size, "") for _ in range(3))
                    cost = (cpu_seconds(program, size, text * count) - start) / count * 1e6
                    least[index] = min(least[index], max(cost, 0.0))
            old, new = least
            print(f"| {size} | {name} | {old:.1f} | {new:.1f} | {new / old:.3f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
