# SPDX-License-Identifier: MIT
"""Campaigns: a random valid history, one injected bug, exactly that bug reported, and the way back.

    soak.py COUNT [SEED]    runs so many of them and prints the misses
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter

from campaign import Scene, demand
from campaign_bugs import INJECTIONS, applies
from heap44 import Machine
from report_log import codes_of

SETTINGS = (
    *("linked-list", "indexed", "bump", "fixed-size-block", "buddy", "tlsf", "guard-page"),
    "guard-page guard=front",
    "fit=next order=address coalesce=on",
    "fit=best order=size coalesce=on",
    "fit=worst order=recent coalesce=on",
    "fit=first order=recent coalesce=off",
)
"""Designs, one of them with an option, and policies of linked-list."""


def run(machine: Machine, setting: str, kind: str, seed: int) -> None:
    """One campaign. Raises `Miss`."""
    scene = Scene(machine, setting, random.Random(f"{setting} {kind} {seed}"))
    INJECTIONS[kind](scene)
    scene.end()
    # What was met was put right, and the heap goes on.
    demand(list(codes_of(scene.heap.answer("free all"))), [], "reports of free all")
    demand(scene.problems(), [], "problems in the end")


def pairs() -> list[tuple[str, str]]:
    """Every setting with every kind of bug that there is under it."""
    return [
        (setting, kind) for setting in SETTINGS for kind in INJECTIONS if applies(setting, kind)
    ]


def slice_of_pairs() -> list[tuple[str, str]]:
    """Every kind of bug under a few settings: what damages or misuses the heap under five of them,
    the rest under two; in turn, so that each setting has its share."""
    every = list(INJECTIONS)

    def settings(kind: str) -> set[int]:
        turns = (0, 5) if kind.startswith(("bug", "fault")) else (0, 2, 4, 6, 8)
        return {(every.index(kind) + turn) % len(SETTINGS) for turn in turns}

    return [pair for pair in pairs() if SETTINGS.index(pair[0]) in settings(pair[1])]


def soak(count: int, seed: int) -> int:
    """Prints what missed, and the counts; the number of misses."""
    machine, misses, started = Machine(), 0, time.monotonic()
    every, done = pairs(), Counter[str]()
    random.Random(seed).shuffle(every)
    for number in range(count):
        setting, kind = every[number % len(every)]
        try:
            run(machine, setting, kind, seed + number // len(every))
        except Exception as miss:
            misses += 1
            where = f"run(machine, {setting!r}, {kind!r}, {seed + number // len(every)})"
            print(f"{where}: {type(miss).__name__}: {str(miss)[:1500]}", flush=True)
            machine.close()
            machine = Machine()
        done[kind] += 1
    machine.close()
    print(", ".join(f"{kind} {times}" for kind, times in sorted(done.items())))
    seconds = time.monotonic() - started
    print(f"{count} campaigns from seed {seed}, {misses} misses, {seconds:.0f} s")
    return misses


if __name__ == "__main__":
    drawn = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1 << 31)
    sys.exit(min(soak(int(sys.argv[1]), drawn), 1))
