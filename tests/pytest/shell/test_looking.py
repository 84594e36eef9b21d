# SPDX-License-Identifier: MIT
"""Looking at the heap and the machine: maps, lists, figures, memory, clock, log."""

from __future__ import annotations

import re

import pytest
from first_fit import HEAP_SIZE, HEAP_START
from heap44 import Heap
from support import HEAP_END


def test_a_fresh_heap_is_one_hole(either: Heap) -> None:
    free = either.freelist()
    assert (free.heap.start, free.heap.end, free.heap.size) == (HEAP_START, HEAP_END, HEAP_SIZE)
    assert [(h.address, h.size, h.next) for h in free.holes] == [(HEAP_START, HEAP_SIZE, None)]
    assert (free.free, free.largest) == (HEAP_SIZE, HEAP_SIZE)


def test_the_free_list_is_in_address_order_and_linked(either: Heap) -> None:
    either.alloc(32, count=9)
    either.free_odd()
    holes = either.freelist().holes
    assert [hole.address for hole in holes] == sorted(hole.address for hole in holes)
    assert [hole.next for hole in holes] == [hole.address for hole in holes[1:]] + [None]
    assert len(holes) == 5


def test_the_map_tells_payload_padding_and_hole(either: Heap) -> None:
    either.alloc(20)
    cells = [(c.address - HEAP_START, c.size, c.kind, c.id) for c in either.heapmap().cells]
    assert cells == [
        (0, 20, "block", 1),
        (20, 4, "padding", 1),
        (24, HEAP_SIZE - 24, "hole", None),
    ]


def test_a_block_of_no_bytes_is_all_padding(either: Heap) -> None:
    either.alloc(0)
    cells = [(c.size, c.kind, c.id) for c in either.heapmap().cells]
    assert cells == [(16, "padding", 1), (HEAP_SIZE - 16, "hole", None)]


def test_the_map_of_a_full_heap_is_whole(host: Heap) -> None:
    host.alloc(9, count=6400)
    cells = host.heapmap().cells
    assert len(cells) == 12_800
    assert sum(cell.size for cell in cells) == HEAP_SIZE


@pytest.mark.parametrize("width", [16, 40, 100])
def test_the_map_is_drawn_as_wide_as_asked(heap: Heap, width: int) -> None:
    heap.alloc(2000, count=9)
    heap.free_even()
    rows = [line for line in heap.text(f"heapmap width={width}").splitlines() if "##" in line]
    assert rows and {len(row.split()[-1]) for row in rows} == {width}


def test_the_map_has_a_picture_and_a_legend(heap: Heap) -> None:
    heap.alloc(2000)
    assert "hole" in heap.text("heapmap")


def test_blocks_are_told_by_address(either: Heap) -> None:
    either.alloc(16, count=4)
    either.free("#1", "#3")
    either.alloc(16, count=2)
    assert [block.id for block in either.blocks()] == [5, 2, 6, 4]


def test_a_block_is_found_by_an_address_inside_or_refused(either: Heap) -> None:
    either.alloc(64)
    assert either.block(HEAP_START).id == 1


def test_the_figures_of_a_fresh_heap_are_zero(either: Heap) -> None:
    stats = either.stats()
    assert stats.allocator == "linked-list"
    assert (stats.used, stats.requested, stats.live, stats.failures) == (0, 0, 0, 0)
    assert (stats.free, stats.largest, stats.holes) == (HEAP_SIZE, HEAP_SIZE, 1)
    assert (stats.allocations, stats.frees, stats.peak_used, stats.fragmentation) == (0, 0, 0, 0)


def test_fragmentation_is_what_the_largest_hole_is_not(either: Heap) -> None:
    either.alloc(25_600, count=4)
    either.free("#1", "#3")
    assert either.stats().fragmentation == pytest.approx(0.5, abs=1e-3)


def test_shares_are_rounded_to_the_even_digit(heap: Heap) -> None:
    heap.alloc(256)  # 0.25 % of the heap; 99.75 % are left
    text = heap.text("stats")
    assert re.search(r"^used +256 bytes +0\.2 % ", text, re.MULTILINE)
    assert re.search(r"^free +102144 bytes +99\.8 % ", text, re.MULTILINE)
    assert re.search(r"^fragmentation +0\.000 ", text, re.MULTILINE)


def test_a_sound_heap_has_no_problems(either: Heap) -> None:
    either.alloc(24, count=30)
    either.free_even()
    check = either.check()
    assert check.consistent and check.problems == ()


@pytest.mark.parametrize("command", ["freelist", "heapmap", "blocks", "stats", "check", "memmap"])
def test_what_is_told_in_json_is_told_in_text(heap: Heap, command: str) -> None:
    heap.alloc(64, name="remarkable")
    assert len(heap.text(command).strip()) > 20


def test_addresses_in_text_are_whole(heap: Heap) -> None:
    heap.alloc(64)
    heap.alloc(64)
    assert "0x444444440040" in heap.text("blocks")
    assert "0x444444440080" in heap.text("freelist")


def test_peek_tells_as_many_bytes_as_asked(heap: Heap) -> None:
    for length in (1, 15, 16, 17, 4096):
        assert len(heap.peek(HEAP_START, length)) == length


def test_peek_on_the_host_sees_the_free_list_in_the_heap(host: Heap) -> None:
    assert int.from_bytes(host.peek(HEAP_START, 8), "little") == HEAP_SIZE
    assert int.from_bytes(host.peek(HEAP_START + 8, 8), "little") == 0


def test_peek_shows_hexadecimal_text(heap: Heap) -> None:
    printed = heap.text(f"peek {HEAP_START:#x} 16")
    assert "444444440000" in printed
    assert re.search(r"\b00 90 01 00\b", printed), "102,400 as little-endian bytes"


def test_the_memory_map_names_heap_guards_and_kernel(heap: Heap) -> None:
    kinds = {region.kind for region in heap.memmap()}
    assert "heap" in kinds
    assert any("guard" in kind for kind in kinds)
    assert any("text" in kind for kind in kinds)


def test_the_heap_in_the_memory_map_is_the_heap(heap: Heap) -> None:
    heaps = [region for region in heap.memmap() if region.kind == "heap"]
    assert [(region.start, region.end) for region in heaps] == [(HEAP_START, HEAP_END)]


def test_the_clock_never_goes_back(either: Heap) -> None:
    times = [answer["ms"] for answer in either.pipeline(["uptime"] * 20)]
    assert times == sorted(times)
    assert times[-1] < 24 * 3600 * 1000, "no test run lasts a day: it is milliseconds"


def test_the_clock_goes_on_while_commands_run(heap: Heap) -> None:
    before = heap.uptime()
    heap.command("repeat 20 manyboxes 2000")
    assert heap.uptime() > before


def test_the_version_has_a_build(either: Heap) -> None:
    answer = either.command("version")
    assert re.fullmatch(r"\d+\.\d+\.\d+", answer["version"])
    assert answer["build"]


def test_the_log_tells_of_the_boot(heap: Heap) -> None:
    printed = heap.text("log")
    assert len(printed.strip().splitlines()) >= 3
    assert heap.answer("log")["ok"]


def test_colours_can_be_switched_on_and_off(heap: Heap) -> None:
    assert "\x1b" not in heap.text("heapmap")
    heap.command("ansi on")
    heap.console.send_line("heapmap")
    heap.console.read_to(b"\x1b[")
    heap.console.send_line("ansi off")
    heap.resynchronise()
    assert "\x1b" not in heap.text("heapmap")


def test_json_stays_free_of_colours(heap: Heap) -> None:
    heap.command("ansi on")
    heap.alloc(64)
    for command in ("heapmap", "stats", "nosuch"):
        heap.console.send_line(f"{command} --json")
        assert heap.read_answer()["command"] == command
    heap.console.send_line("ansi off")
    heap.resynchronise()


@pytest.mark.parametrize("design", ["linked-list", "buddy", "guard-page"])
@pytest.mark.parametrize("width", [8, 9, 37, 77, 199, 200])
def test_a_map_of_any_width_shows_what_changed(heap: Heap, design: str, width: int) -> None:
    # Where the rows do not come out even, the last one reaches beyond the heap.
    heap.use(design)
    heap.alloc(100)
    shown = heap.text(f"heapmap width={width}")
    assert "panic" not in shown and "last changed" in shown
