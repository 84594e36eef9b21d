# SPDX-License-Identifier: MIT
"""Makes the report of `make bench` from its figures.

    bench_report.py FIGURES.json REPORT.md PICTURE.svg

Prints what was measured and what the goals say to it, and writes both, with a picture, as a page;
and what each design costs into designs.md beside it. What the page says of waiting stays.
"""

import json
import sys
from pathlib import Path

from bench_figures import Figures, goals
from bench_svg import picture

DESIGNS = ("bump", "linked-list", "indexed", "fixed-size-block", "buddy", "tlsf")
COSTS = {
    "W1/100 KiB, L=100, M=256": "few blocks, replaced at random",
    "W1/100 KiB, L=1000, M=64": "1,000 blocks, replaced at random",
    "W1/64 MiB, L=10000, M=256": "10,000 blocks, replaced at random",
    "W2/dense, N=10": "behind 10 holes",
    "W2/dense, N=10000": "behind 10,000 holes",
    "W3/D=400": "last in, first out",
    "W5/vectors": "growing vectors",
}
WAITING = "## What one waits for\n"
BEGIN, END = "<!-- costs: written by `make bench` -->\n", "<!-- end of costs -->"
PICTURED = ("W1/64 MiB, L=10000, M=256", "W2/dense, N=10000", "W3/D=400")

INTRODUCTION = """\
# Benchmarks

Written by `make bench`, which measures the designs as they ship beside others on the same machine.
Compare within this page only: every figure is from one run on one core ({processor}), the
least of {measurements} measurements, between which all the others were measured once, in random
order: what else the machine does can only add to a time. Each measurement is the median of its
repetitions, of which there is one at least behind the one that warms up. The workloads are defined
in [bench/README.md](../bench/README.md). `harness` is an empty allocator;
`plain-first-fit` is the linked list's algorithm written down plainly; `+ledger` is a design behind
the heap's lock, with every block recorded and every free judged; `+watch` is the same as the shell
uses it, where all free memory is filled, and looked at before it is used. A dash: it does not fit
into that heap, or the question does not apply.
"""

SECTIONS = (
    ("W1, random replacement", ("W1",), "ns per operation"),
    ("W2, many holes before the one that fits", ("W2",), "ns per operation"),
    ("W3, last in, first out", ("W3",), "ns per operation"),
    ("The worst case: every hole but the last nearly fits", ("worst",), "ns per operation"),
    ("W4, how much fits", ("W4",), "payload in percent of the heap"),
    ("W5, traces with reallocation", ("W5",), "ns per operation"),
    ("Peak of the addresses in use on these traces", ("growth",),
     "percent of what allocate, copy, free needs"),
)


def cell(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|---|" + "--:|" * (len(head) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def section(figures: Figures, title: str, workloads: tuple[str, ...], unit: str) -> str:
    rows = figures.rows(*workloads)
    measured = {name for row in rows for name in figures.values[row]}
    subjects = [name for name in figures.subjects() if name in measured]
    body = [[row.split("/")[1], *(cell(figures.values[row].get(name)) for name in subjects)]
            for row in rows]
    return f"## {title}\n\n{table([unit, *subjects], body)}\n"


def ratios(figures: Figures) -> str:
    rows = figures.rows("W1", "W2", "W3", "W5")
    others = [name for name in figures.subjects() if name not in ("harness", "indexed")]
    body = []
    for row in rows:
        found = [figures.ratio(row, name, "indexed") for name in others]
        body.append([row, *("–" if ratio is None else f"{ratio:.2g}" for ratio in found)])
    return f"## Time as a multiple of indexed\n\n{table(['row', *others], body)}\n"


def goal_table(figures: Figures) -> str:
    body = [[goal.text, goal.measured, "yes" if goal.is_reached else "no"]
            for goal in goals(figures)]
    return f"## Goals\n\n{table(['goal', 'measured', 'reached'], body)}\n"


def report(figures: Figures, processor: str, picture_name: str) -> str:
    return "\n".join([
        INTRODUCTION.format(processor=processor, measurements=figures.measurements),
        f"![times in W1, W2 and W3]({picture_name})\n",
        goal_table(figures),
        *(section(figures, *what) for what in SECTIONS),
        ratios(figures),
    ])


def costs(figures: Figures) -> str:
    body = [[f"{text} ({row.split('/')[0]})",
             *(cell(figures.values[row].get(design)) for design in DESIGNS)]
            for row, text in COSTS.items() if row in figures.values]
    return table(["ns per operation", *DESIGNS], body)


def kept(page: str) -> str:
    """The page's last part, which other programs than `make bench` measure."""
    _, title, rest = page.partition(WAITING)
    return f"\n{title}{rest}" if title else ""


def insert(text: str, page: str) -> str:
    """The page with `text` where it says that it is written."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{text}\n\n{END}{rest.partition(END)[2]}"


def processor_of(path: Path) -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return f"{json.loads(path.read_text())['context']['mhz_per_cpu']} MHz"


def main() -> None:
    source, page, drawing = (Path(argument) for argument in sys.argv[1:4])
    figures = Figures.read(source)
    text = report(figures, processor_of(source), drawing.name)
    page.write_text(text + kept(page.read_text()))
    designs = page.with_name("designs.md")
    designs.write_text(insert(costs(figures), designs.read_text()))
    drawing.write_text(picture(figures, [row for row in PICTURED if row in figures.values]))
    print(text)


if __name__ == "__main__":
    main()
