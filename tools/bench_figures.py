# SPDX-License-Identifier: MIT
"""What `make bench` measured: figures by row and subject, and the goals they are held against."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

LINKED_LIST = "linked-list"
INDEXED = "indexed"
LEDGER = "indexed+ledger"
PLAIN = "plain-first-fit"


@dataclass
class Figures:
    """`values[row][subject]`, in nanoseconds per operation or in percent; rows as `W1/…`."""

    values: dict[str, dict[str, float]] = field(default_factory=dict)
    measurements: int = 0
    """How many each figure is the least of."""

    @classmethod
    def read(cls, path: Path) -> "Figures":
        figures = cls()
        entries = json.loads(path.read_text())["benchmarks"]
        # They were run in random order.
        for entry in sorted(entries, key=lambda entry: int(entry["family_index"])):
            if entry.get("aggregate_name") != "least":
                continue
            figures.measurements = int(entry["repetitions"])
            workload, row, subject, *_ = entry["run_name"].split("/")
            by_subject = figures.values.setdefault(f"{workload}/{row}", {})
            for unit in ("ns", "percent", "percent_of_moving"):
                if unit in entry and not entry.get("error_occurred"):
                    by_subject[subject] = entry[unit]
        return figures

    def rows(self, *workloads: str) -> list[str]:
        return [row for row in self.values if row.split("/")[0] in workloads]

    def subjects(self) -> list[str]:
        found: dict[str, None] = {}
        for by_subject in self.values.values():
            found.update(dict.fromkeys(by_subject))
        return list(found)

    def ratio(self, row: str, subject: str, to: str) -> float | None:
        """How many times as much `subject` needs as `to` in this row."""
        values = self.values.get(row, {})
        if subject not in values or to not in values:
            return None
        return values[subject] / values[to]

    def worst(self, rows: list[str], subject: str, to: str) -> tuple[float, str]:
        """The largest of these ratios, and its row."""
        ratios = [(ratio, row) for row in rows if (ratio := self.ratio(row, subject, to))]
        return max(ratios, default=(0.0, "not measured"))


@dataclass
class Goal:
    text: str
    measured: str
    is_reached: bool


def at_most(figures: Figures, text: str, rows: list[str], pair: tuple[str, str],
            limit: float) -> Goal:
    ratio, row = figures.worst(rows, *pair)
    return Goal(text, f"{ratio:.2f}× at most ({row})", ratio <= limit)


def goals(figures: Figures) -> Iterator[Goal]:
    """The project's goals, each as a ratio within this run."""
    timed = figures.rows("W1", "W2", "W3", "W5")
    w1 = figures.rows("W1")
    yield at_most(figures, "linked-list: within 10 % of the plain transcription (W1 to W3)",
                  figures.rows("W1", "W2", "W3"), (LINKED_LIST, PLAIN), 1.1)
    yield at_most(figures, "linked-list: ahead of simple_seq_fit (W1 to W3)",
                  figures.rows("W1", "W2", "W3"), (LINKED_LIST, "simple_seq_fit"), 1)
    yield from flatness(figures)
    yield at_most(figures, "indexed: never slower than linked-list by more than a tenth", timed,
                  (INDEXED, LINKED_LIST), 1.1)
    yield at_most(figures, "indexed: ahead of rbtree_best_fit in W1", w1,
                  (INDEXED, "rbtree_best_fit"), 1)
    yield at_most(figures, "indexed: within 5 times glibc's malloc", timed, (INDEXED, "glibc"), 5)
    yield at_most(figures, "the ledger: at most 2 times indexed alone in W1", w1,
                  (LEDGER, INDEXED), 2)
    yield same_fit(figures)
    for design in ("tlsf", "buddy", "fixed-size-block"):
        yield flat_in_live_blocks(figures, design)
    for trace in ("append", "buffer"):
        percent = figures.values.get(f"growth/{trace}", {}).get(INDEXED, 100)
        yield Goal(f"reallocation in place: at most half of the addresses ({trace})",
                   f"{percent:.0f} %", percent <= 50)


def flatness(figures: Figures) -> Iterator[Goal]:
    """Whether `indexed` does not care how many holes there are."""
    few, many = "W2/dense, N=100", "W2/dense, N=10000"
    growth = figures.values[many][INDEXED] / figures.values[few][INDEXED]
    yield Goal("indexed: W2 with N = 10,000 at most 2 times N = 100", f"{growth:.2f}×", growth <= 2)
    rows = [row for row in figures.rows("W1") if "L=10000" in row]
    for row, wanted in [(many, 500.0), *((row, 60.0) for row in rows)]:
        ratio = figures.ratio(row, LINKED_LIST, INDEXED) or 0
        yield Goal(f"indexed: {wanted:.0f} times faster than linked-list ({row})",
                   f"{ratio:.0f}×", ratio >= wanted)


def flat_in_live_blocks(figures: Figures, design: str) -> Goal:
    rows = (figures.values[f"W1/64 MiB, L={live}, M=256"] for live in (1000, 10000))
    few, many = (row.get(design) for row in rows)
    growth = many / few if few and many else math.inf
    return Goal(f"{design}: W1 flat in L (10,000 at most 2 times 1,000)", f"{growth:.2f}×",
                growth <= 2)


def same_fit(figures: Figures) -> Goal:
    rows = [figures.values[row] for row in figures.rows("W4")]
    is_same = all(row[INDEXED] == row[LINKED_LIST] for row in rows)
    return Goal("indexed: W4 exactly as linked-list", "equal" if is_same else "differs", is_same)
