# SPDX-License-Identifier: MIT
"""`bench`: what it measures, in which order, and what it leaves behind. No test is on times."""

from __future__ import annotations

import re
from typing import Callable

import pytest
from heap44 import BenchResult, Heap, Machine
from support import ROOT, is_whole, refusal, state

DESIGNS = ("linked-list", "indexed", "bump", "fixed-size-block", "buddy", "tlsf")
ROWS = (
    "W1 L=100 M=256",
    "W1 L=1000 M=64",
    "W2 N=10",
    "W2 N=1000",
    "W3 D=64",
    "W3 D=400",
    "W4 fill 1..256",
    "W4 churn 1..256",
    "W4 fill 16..4096",
    "W5 vectors=16",
)
BENCHMARKS = ROOT / "docs" / "benchmarks.md"


def payloads(results: list[BenchResult]) -> dict[tuple[str, str], float | None]:
    """Under W4: workload and design to percent."""
    return {
        (each.workload, each.design): each.payload_percent
        for each in results
        if each.workload.startswith("W4")
    }


def published() -> dict[tuple[str, str], float]:
    """The figures of W4 in docs/benchmarks.md, which were measured on the host."""
    text = BENCHMARKS.read_text()
    table = text.partition("## W4")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table.splitlines()
        if line.startswith("|") and not line.startswith("|--")
    ]
    head = rows[0]
    return {
        (f"W4 {row[0].removeprefix('100 KiB ')}", design): float(figure)
        for row in rows[1:]
        if row[0].startswith("100 KiB")
        for design, figure in zip(head[1:], row[1:])
        if design in DESIGNS
    }


def test_every_design_is_measured_in_every_workload(heap: Heap) -> None:
    """And what fits is what fits on the host, where the figures of docs/benchmarks.md are from."""
    results = heap.bench()
    assert [(each.workload, each.design) for each in results] == [
        (row, design) for row in ROWS for design in DESIGNS
    ]
    for each in results:
        if each.workload.startswith("W4"):
            assert each.ns_per_operation is None and each.payload_percent is not None
            assert 0 < each.payload_percent < 100 and each.operations > 0
        else:
            assert each.payload_percent is None
            # Bump never gets back what lives beside others.
            fits = each.design != "bump" or each.workload.startswith("W3")
            assert (each.ns_per_operation is not None) == fits, each
            if each.ns_per_operation is not None:
                assert each.ns_per_operation > 0 and each.operations > 0
    assert is_whole(heap)
    expected = published()
    assert len(expected) == 3 * len(DESIGNS)
    found = payloads(results)
    assert {key: round(value or 0, 1) for key, value in found.items()} == expected


def test_what_fits_is_the_same_each_time_and_the_index_changes_nothing(either: Heap) -> None:
    first = payloads(either.bench("linked-list", "indexed"))
    assert payloads(either.bench("indexed", "linked-list")) == first
    for (workload, design), percent in first.items():
        assert percent == first[workload, "linked-list"], design


def test_named_designs_are_measured_once_in_the_order_of_the_table(host: Heap) -> None:
    results = host.bench("tlsf", "buddy", "tlsf")
    assert [each.design for each in results[:3]] == ["buddy", "tlsf", "buddy"]
    assert len(results) == 2 * len(ROWS)


def test_a_design_that_gives_nothing_has_no_figures(host: Heap) -> None:
    for each in host.bench("dummy"):
        assert each.ns_per_operation is None and each.payload_percent is None


@pytest.mark.parametrize("force", [False, True])
def test_it_gives_back_the_heap_that_it_found(either: Heap, force: bool) -> None:
    either.policy(fit="best", order="size")
    either.alloc(64, count=5, name="kept")
    either.free("kept2")
    before = state(either)
    either.bench("tlsf", force=force)
    assert state(either) == before
    assert either.undo().last == "free kept2", "it is no step"
    assert either.alloc(10).id == 6


@pytest.mark.parametrize("command", ("bench tlfs", "bench tlsf x", "bench --fast", "bench n=1"))
def test_bad_arguments_are_refused(host: Heap, command: str) -> None:
    refusal(host, command, "bad-argument")


def test_the_chart_has_a_bar_for_each_figure_in_80_columns(heap: Heap) -> None:
    lines = heap.text("bench linked-list bump tlsf").splitlines()
    assert all(len(line) <= 80 for line in lines)
    heads = [line for line in lines if line.startswith("W")]
    assert [next(row for row in ROWS if head.startswith(row + " ")) for head in heads] == list(ROWS)
    bars = [line for line in lines if line.startswith("  ")]
    assert len(bars) == 3 * len(ROWS)
    for bar in bars:
        assert re.fullmatch(r"  (linked-list|bump|tlsf) +(\d+\.\d #+|-  does not fit)", bar), bar
    assert "\x1b" not in "".join(lines) and "\r" not in "".join(lines)


def test_progress_is_shown_where_lines_may_be_redrawn(heap: Heap) -> None:
    heap.command("ansi on")
    heap.console.send_line("bench tlsf")
    assert heap.console.read_to(b"W1 L=100 M=256: tlsf ...")
    assert heap.console.read_to(b"W5 vectors=16: tlsf ...")
    heap.resynchronise()
    # JSON has no place for it: the line begins with the answer and ends with it.
    heap.console.send_line("bench tlsf --json")
    heap.console.read_to(b"--json")
    heap.console.read_to(b"\n")
    line = heap.console.read_line()
    assert line.startswith(b'{"seq":') and line.endswith(b"}") and b"\x1b" not in line
    heap.resynchronise()


def test_control_c_ends_it_with_the_heap_as_it_was(machine: Machine, heap: Heap) -> None:
    heap.use("buddy")
    before = state(heap)
    # The answer is one line; waiting for its first result takes away the line's beginning.
    for form, first, last in (
        ("", b"W1 L=100", b"interrupted: stopped by Ctrl-C"),
        (" --json", b'"results":[{', b'],"ok":false,"error":{"code":"interrupted"'),
    ):
        machine.console.send(f"bench{form}\r".encode())
        machine.console.read_to(first)
        machine.console.send(b"\x03")
        measured = machine.console.read_to(last)
        assert b"W5" not in measured
        heap.resynchronise()
        assert state(heap) == before
        assert heap.check().consistent
    assert machine.running()


@pytest.mark.parametrize("size", ("4K", "1M"))
def test_the_workloads_grow_with_the_heap(boot: Callable[..., Machine], size: str) -> None:
    heap = Heap(boot(options=f"heap44.size={size}").console)
    results = heap.bench("linked-list", "tlsf")
    expected = "W1 L=4 M=256" if size == "4K" else "W1 L=1024 M=256"
    assert results[0].workload == expected
    assert any(each.ns_per_operation for each in results)
    assert heap.check().consistent
