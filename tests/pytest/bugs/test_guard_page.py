# SPDX-License-Identifier: MIT
"""guard-page on the booted kernel: where blocks lie, what is mapped, and what is told of it."""

from __future__ import annotations

from typing import Callable

import pytest
from address_plan import WINDOW as START
from address_plan import WINDOW_SIZE as SIZE
from first_fit import HEAP_START
from heap44 import Heap, Machine
from support import is_whole, refusal

Boot = Callable[..., Machine]

PAGE = 4096


@pytest.fixture
def window(heap: Heap) -> Heap:
    heap.use("guard-page")
    return heap


def assert_sound(heap: Heap) -> None:
    check = heap.check()
    assert check.consistent and check.problems == ()
    position, free = START, 0
    for cell in heap.heapmap().cells:
        assert cell.address == position and cell.size > 0
        position += cell.size
        free += cell.size if cell.kind == "hole" else 0
    assert position == START + SIZE
    stats = heap.stats()
    assert stats.size == SIZE and stats.used + stats.free == SIZE
    assert stats.free == free == sum(hole.size for hole in heap.freelist().holes)


def mapped(machine: Machine) -> list[int]:
    """The offsets of the window's pages that are there, as the processor sees them."""
    tables = machine.page_tables()
    pages = tables.within(START - PAGE, START + SIZE + PAGE)
    assert all(page.writable and not page.executable and not page.user for page in pages)
    return [page.virtual - START for page in pages]


# --- where blocks lie ---


def test_the_heap_is_the_window_and_one_hole(window: Heap) -> None:
    free = window.freelist()
    assert (free.heap.start, free.heap.end, free.heap.size) == (START, START + SIZE, SIZE)
    assert is_whole(window)
    assert window.policy().policy is None
    assert_sound(window)


@pytest.mark.parametrize(
    ("size", "align", "offset", "taken"),
    [
        *((64, 8, PAGE - 64, 64), (13, 1, PAGE - 13, 13), (13, 8, PAGE - 16, 16)),
        *((1, 8, PAGE - 8, 8), (0, 8, PAGE - 8, 8), (100, 64, PAGE - 128, 128)),
        *((4096, 8, 0, 4096), (4097, 8, 2 * PAGE - 4104, 4104), (1, 4096, 0, 4096)),
    ],
)
def test_a_block_ends_where_its_guard_page_begins(
    machine: Machine, window: Heap, size: int, align: int, offset: int, taken: int
) -> None:
    block = window.alloc(size, align=align)
    assert block.address == START + offset and block.block_size == taken
    pages = (offset + taken) // PAGE
    assert mapped(machine) == [page * PAGE for page in range(pages)]
    assert window.stats().used == (pages + 1) * PAGE
    assert_sound(window)


def test_the_cells_show_guard_pages_and_what_was_freed(window: Heap) -> None:
    window.alloc(13)
    window.alloc(4096)
    window.free("#2")
    cells = [(c.address - START, c.size, c.kind, c.id) for c in window.heapmap().cells]
    assert cells == [
        (0, PAGE - 16, "overhead", None),
        (PAGE - 16, 13, "block", 1),
        (PAGE - 3, 3, "padding", 1),
        (PAGE, PAGE, "guard", 1),
        (2 * PAGE, 2 * PAGE, "unmapped", None),
        (4 * PAGE, SIZE - 4 * PAGE, "hole", None),
    ]
    text = window.text("heapmap")
    assert "| guard page" in text and "x freed, unmapped" in text


# --- what is mapped ---


def test_the_last_byte_can_be_read_and_the_next_one_is_unmapped(window: Heap) -> None:
    block = window.alloc(64)
    assert window.peek(block.address, 64) == bytes(64)
    assert window.peek(block.address + 63, 1) == b"\0"
    error = refusal(window, f"peek {block.address + 63:#x} 2", "unmapped")
    assert error.address == block.address + 64
    assert refusal(window, f"walk {block.address + 64:#x}", "unmapped")


def test_padding_can_be_read(window: Heap) -> None:
    block = window.alloc(13)
    assert window.peek(block.address, 16) == bytes(13) + b"\xf5" * 3
    refusal(window, f"peek {block.address + 16:#x} 1", "unmapped")


def test_a_freed_block_is_unmapped_at_once(machine: Machine, window: Heap) -> None:
    first, second = window.alloc(64, count=2)
    window.free("#1")
    refusal(window, f"peek {first.address:#x} 1", "unmapped")
    assert window.peek(second.address, 64) == bytes(64)
    assert mapped(machine) == [2 * PAGE]
    refusal(window, "free #1", "double-free")
    refusal(window, f"free {second.address + 1:#x}", "interior-free")
    refusal(window, f"free {START:#x}", "invalid-free")
    refusal(window, f"free {HEAP_START:#x}", "foreign-free")


def test_frames_come_back(machine: Machine, window: Heap) -> None:
    before = window.frames().used
    window.alloc(100_000, count=20)
    assert window.frames().used >= before + 20 * 25
    window.free_all()
    assert mapped(machine) == [] and window.frames().used == before


@pytest.mark.parametrize("command", ["reset", "allocator linked-list --force"])
def test_leaving_unmaps_everything(machine: Machine, window: Heap, command: str) -> None:
    before = window.frames().used
    window.alloc(5000, count=30)
    window.command(command)
    assert mapped(machine) == [] and window.frames().used == before


def test_a_refused_count_leaves_no_page(machine: Machine, window: Heap) -> None:
    window.alloc(64)
    before = mapped(machine)
    refusal(window, "alloc 1M count=60 name=a", "out-of-memory")
    refusal(window, "alloc 8 count=18446744073709551615 name=a", "out-of-memory")
    refusal(window, "alloc 64M", "out-of-memory")
    assert mapped(machine) == before
    assert window.alloc(64).id == 2
    assert_sound(window)


def test_a_machine_without_memory_refuses_and_goes_on(window: Heap) -> None:
    error = refusal(window, "alloc 63M", "out-of-memory")
    assert "63" in error.message or "66060288" in error.message
    assert window.alloc(64).address == START + PAGE - 64
    assert_sound(window)


# --- which addresses are used again ---


def test_freed_addresses_wait_while_there_are_fresh_ones(window: Heap) -> None:
    for number in range(1, 6):
        block = window.alloc(64)
        assert block.address == START + (2 * number - 1) * PAGE - 64
        window.free(f"#{number}")
    assert window.stats().used == 10 * PAGE
    assert window.check().reused == 0
    assert "window was used up" not in window.text("check")


def test_the_longest_freed_come_first_when_the_window_is_used_up(boot: Boot) -> None:
    window = Heap(boot(options="heap44.allocator=guard-page", memory="256M").console)
    # Addresses are used up by what is freed, too; memory is not.
    for number in (1, 2, 3):
        window.alloc((16 << 20) - PAGE)
        window.free(f"#{number}")
    window.alloc((4 << 20) - PAGE, count=4)
    window.free("#6")
    assert window.freelist().holes == () and window.stats().free == 0
    assert window.check().reused == 0
    assert window.alloc(64).address == START + PAGE - 64, "#1 was freed first"
    assert window.check().reused == 1
    (hole,) = window.freelist().holes
    assert (hole.address, hole.size) == (START + 2 * PAGE, (16 << 20) - 2 * PAGE)
    # That hole is one guard page too small for 16 MiB: with what #2 was it is large enough.
    assert window.alloc((16 << 20) - 2 * PAGE).address == START + 2 * PAGE
    assert window.check().reused == 2
    assert "the window was used up: 2 freed blocks gave up their place" in window.text("check")
    assert_sound(window)
    window.reset()
    assert window.check().reused == 0 and is_whole(window)


def test_other_designs_say_nothing_of_reuse(heap: Heap) -> None:
    assert heap.check().reused is None


# --- the commands ---


@pytest.mark.parametrize(
    "command",
    ["boxtest", "vectest 1000", "rctest", "strtest", "listtest", "dequetest", "heaptest"]
    + ["maptest", "settest", "showcase", "manyboxes 2000", "manyboxes 2000 keep=on"],
)
def test_the_programs_of_the_seed_pass(machine: Machine, window: Heap, command: str) -> None:
    assert window.trial(command).passed
    assert window.stats().live == 0 and mapped(machine) == []
    assert_sound(window)


def test_a_random_history_leaves_a_sound_heap(window: Heap) -> None:
    run = window.random(300, seed=44)
    assert run.failures == 0 and window.stats().live == run.allocations - run.frees > 0
    assert_sound(window)
    window.free_all()
    assert_sound(window)
    assert window.stats().live == 0


def test_realloc_moves_and_keeps_the_bytes(window: Heap) -> None:
    window.alloc(64, name="a")
    block = window.realloc("a", 5000)
    assert (block.id, block.address) == (1, START + 4 * PAGE - 5000)
    refusal(window, f"peek {START + PAGE - 64:#x} 1", "unmapped")
    refusal(window, "realloc a 64M", "out-of-memory")
    assert_sound(window)


def test_why_looks_and_changes_nothing(machine: Machine, window: Heap) -> None:
    window.alloc(64)
    before = mapped(machine)
    search = window.why(5000)
    assert search.chosen == START + 4 * PAGE - 5000
    assert [(hole.address, hole.size) for hole in search.left] == [
        (START + 5 * PAGE, SIZE - 5 * PAGE)
    ]
    assert mapped(machine) == before


def test_ops_run(window: Heap) -> None:
    window.ops("+10,+20,-0")
    assert [block.address for block in window.blocks()] == [START + 3 * PAGE - 24]


def test_a_machine_starts_with_guard_page(boot: Boot) -> None:
    machine = boot(options="heap44.allocator=guard-page", memory="32M")
    heap = Heap(machine.console)
    assert heap.policy().allocator == "guard-page"
    assert heap.trial("vectest 1000").passed
    assert_sound(heap)
    # 32 MiB of memory are used up before the window is.
    refusal(heap, "alloc 1 count=8000", "out-of-memory")
    assert mapped(machine) == []


# --- where the window lies ---


def test_the_memory_map_shows_the_window_between_guard_pages(window: Heap) -> None:
    regions = {region.start: region for region in window.memmap()}
    assert (regions[START].end, regions[START].kind) == (START + SIZE, "heap window")
    assert (regions[START - PAGE].end, regions[START - PAGE].kind) == (START, "guard page")
    assert regions[START + SIZE].kind == "guard page"


@pytest.mark.expects("page-fault")
def test_the_page_behind_the_window_is_no_memory(machine: Machine, window: Heap) -> None:
    answer = window.answer("fault guard")
    assert answer["ok"] and answer["report"]["code"] == "page-fault"
    assert int(answer["report"]["address"], 16) == START + SIZE
    assert mapped(machine) == []


def test_an_unmapped_page_is_told_by_its_block(window: Heap) -> None:
    first, second = window.alloc(100, count=2)
    window.free(second)
    guard = window.where(first.address + 104)
    assert (guard.kind, guard.offset) == ("guard", 104)
    assert guard.text == "4 bytes past #1, in its guard page"
    freed = window.where(second.address + 8)
    assert (freed.kind, freed.offset) == ("unmapped", 8)
    assert freed.text == "byte 8 of #2 (freed), unmapped since a block here was freed"
    # Near misses: the rest of the first page is mapped, and behind all blocks is a hole.
    rest = window.where(first.address - 1)
    of_block = f"#1 (100 bytes at {first.address:#x})"
    assert rest.text == f"what {of_block} leaves of its pages; 1 byte in front of #1"
    assert rest.kind == "overhead"
    assert window.where(second.address + 104 + PAGE).kind == "hole"
