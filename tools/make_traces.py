# SPDX-License-Identifier: MIT
"""Writes allocation traces in the CS:APP malloc lab's form (.rep) for workload W5.

    make_traces.py DIRECTORY

Each trace frees all that it allocated, so that it can be run again and again. The same files come
out every time.
"""

import random
import sys
from collections.abc import Callable
from pathlib import Path

HEAP_SIZE = 64 * 1024 * 1024


class Trace:
    """The operations of one trace, and the blocks that are live in it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.live: dict[int, int] = {}
        self.ids = 0

    def allocate(self, size: int) -> int:
        block, self.ids = self.ids, self.ids + 1
        self.live[block] = size
        self.lines.append(f"a {block} {size}")
        return block

    def reallocate(self, block: int, size: int) -> None:
        self.live[block] = size
        self.lines.append(f"r {block} {size}")

    def free(self, block: int) -> None:
        del self.live[block]
        self.lines.append(f"f {block}")

    def text(self) -> str:
        for block in list(self.live):
            self.free(block)
        header = [str(HEAP_SIZE), str(self.ids), str(len(self.lines)), "1"]
        return "\n".join([*header, *self.lines]) + "\n"


def append(trace: Trace) -> None:
    """One buffer grows by small steps while short-lived small blocks come and go."""
    buffer = trace.allocate(512)
    small = trace.allocate(128)
    for size in range(640, 128 * 1024, 128):
        trace.reallocate(buffer, size)
        following = trace.allocate(128)
        trace.free(small)
        small = following


def buffer(trace: Trace) -> None:
    """One block at a time grows by half its size, again and again, and is freed."""
    for _ in range(60):
        block = trace.allocate(64)
        while trace.live[block] < 100_000:
            trace.reallocate(block, trace.live[block] * 3 // 2)
        trace.free(block)


def vectors(trace: Trace) -> None:
    """Vectors grow by doubling, one after the other, each among the elements it points to."""
    for _ in range(40):
        vector = trace.allocate(32)
        for size in (64, 128, 256, 512, 1024, 2048, 4096, 8192):
            trace.reallocate(vector, size)
        for _ in range(30):
            trace.allocate(trace.random.randint(8, 96))
        for block in trace.random.sample(sorted(trace.live), len(trace.live) // 3):
            trace.free(block)


def strings(trace: Trace) -> None:
    """Many strings at once, each appended to now and then: by half its size or a few bytes."""
    for _ in range(6000):
        if len(trace.live) < 300 or trace.random.random() < 0.3:
            trace.allocate(trace.random.randint(8, 40))
        elif trace.random.random() < 0.7:
            block = trace.random.choice(sorted(trace.live))
            size = trace.live[block]
            trace.reallocate(block, min(size + max(8, size // 2), 20_000))
        else:
            trace.free(trace.random.choice(sorted(trace.live)))


def compiler(trace: Trace) -> None:
    """Phases: many small nodes, few large tables; most of a phase is freed at its end."""
    for _ in range(12):
        kept = set(trace.live)
        for _ in range(700):
            trace.allocate(trace.random.choice((16, 24, 32, 32, 48, 64, 120, 256)))
        table = trace.allocate(1024)
        for size in range(2048, 20_000, 2048):
            trace.reallocate(table, size)
        for block in [block for block in trace.live if block not in kept]:
            if trace.random.random() < 0.9:
                trace.free(block)


TRACES: dict[str, Callable[[Trace], None]] = {
    "append": append,
    "buffer": buffer,
    "vectors": vectors,
    "strings": strings,
    "compiler": compiler,
}


def main() -> None:
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    for name, write in TRACES.items():
        trace = Trace(seed=44)
        write(trace)
        (directory / f"{name}.rep").write_text(trace.text())


if __name__ == "__main__":
    main()
