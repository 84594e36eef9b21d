# SPDX-License-Identifier: MIT
"""The page tables, read entry by entry from outside: who may do what, and what is not there."""

from __future__ import annotations

from typing import Callable, Iterator

import pytest
from address_plan import JOURNAL, KERNEL, LEDGER, PHYSICAL_MAP
from first_fit import HEAP_START
from heap44 import Heap, Machine
from heap44.elf import Segment, load_segments
from heap44.machine import Firmware, build_directory
from heap44.page_tables import PageTables
from support import HEAP_END

LOWER_HALF_END = 0x8000_0000_0000


@pytest.fixture(scope="module")
def own_machine() -> Iterator[Machine]:
    with Machine() as machine:
        yield machine


@pytest.fixture(scope="module")
def tables(own_machine: Machine) -> PageTables:
    return own_machine.page_tables()


@pytest.fixture(scope="module")
def own_heap(own_machine: Machine) -> Heap:
    return Heap(own_machine.console)


def _segments() -> list[Segment]:
    return [s for s in load_segments(build_directory() / "heap44.elf") if s.start >= KERNEL]


def test_there_are_pages_in_all_the_places_that_matter(tables: PageTables) -> None:
    for address in (HEAP_START, LEDGER, KERNEL + 0x100000, PHYSICAL_MAP + 0x100000):
        assert tables.within(address, address + (4 << 20)), hex(address)


def test_no_page_is_the_users(tables: PageTables) -> None:
    assert [page for page in tables.mappings if page.user] == []


def test_no_entry_of_any_leaf_is_the_users(tables: PageTables) -> None:
    assert not any(page.entries[-1] & 4 for page in tables.mappings)


def test_only_the_kernels_text_is_executable(tables: PageTables) -> None:
    text = [segment for segment in _segments() if segment.executable]
    assert len(text) == 1
    executable = [page for page in tables.mappings if page.executable]
    assert executable
    for page in executable:
        assert text[0].start <= page.virtual < text[0].end, hex(page.virtual)


def test_every_other_leaf_carries_no_execute_itself(tables: PageTables) -> None:
    for page in tables.mappings:
        assert page.executable or page.entries[-1] >> 63, hex(page.virtual)


def test_no_page_is_both_writable_and_executable(tables: PageTables) -> None:
    assert [page for page in tables.mappings if page.writable and page.executable] == []


def test_each_segment_has_the_rights_that_its_header_asks_for(tables: PageTables) -> None:
    for segment in _segments():
        pages = tables.within(segment.start, segment.end)
        assert pages, hex(segment.start)
        for page in pages:
            assert page.executable == segment.executable, hex(page.virtual)
            assert page.writable == segment.writable, hex(page.virtual)


def test_read_only_data_is_neither_writable_nor_executable(tables: PageTables) -> None:
    rodata = [s for s in _segments() if not s.writable and not s.executable]
    assert rodata
    pages = [page for s in rodata for page in tables.within(s.start, s.end)]
    assert pages and not any(page.writable or page.executable for page in pages)


def test_text_and_read_only_data_have_no_writable_alias(tables: PageTables) -> None:
    frames = {
        page.physical + offset
        for segment in _segments()
        if not segment.writable
        for page in tables.within(segment.start, segment.end)
        for offset in range(0, page.size, 4096)
    }
    aliases = [
        hex(page.virtual)
        for page in tables.mappings
        if page.writable
        and any(page.physical <= frame < page.physical + page.size for frame in frames)
    ]
    assert aliases == []


def test_page_zero_is_unmapped(tables: PageTables) -> None:
    assert tables.find(0) is None


def test_nothing_but_heap_ledger_and_journal_is_in_the_lower_half(tables: PageTables) -> None:
    for page in tables.within(0, LOWER_HALF_END):
        in_heap = HEAP_START <= page.virtual < HEAP_END
        beside = [start <= page.virtual < start + (1 << 30) for start in (LEDGER, JOURNAL)]
        assert in_heap or any(beside), hex(page.virtual)


def test_the_heap_is_mapped_page_by_page_and_not_beyond(tables: PageTables) -> None:
    pages = tables.within(HEAP_START - (2 << 20), HEAP_END + (2 << 20))
    assert [page.virtual for page in pages] == list(range(HEAP_START, HEAP_END, 4096))
    assert all(page.writable and not page.executable for page in pages)


def test_the_heaps_frames_are_different_ones(tables: PageTables) -> None:
    frames = [page.physical for page in tables.within(HEAP_START, HEAP_END)]
    assert len(set(frames)) == len(frames) == 25


def test_the_heaps_neighbours_are_guard_pages(tables: PageTables) -> None:
    assert tables.find(HEAP_START - 1) is None
    assert tables.find(HEAP_START - 4096) is None
    assert tables.find(HEAP_END) is None
    assert tables.find(HEAP_END + 4095) is None


def test_the_page_under_the_stack_is_unmapped(own_machine: Machine, tables: PageTables) -> None:
    stack = own_machine.qmp.registers()["RSP"]
    assert tables.find(stack) is not None
    page = stack & ~4095
    while tables.find(page) is not None and stack - page < 1 << 20:
        page -= 4096
    assert tables.find(page) is None, "a runaway stack would meet a page that is there"


def test_every_guard_page_of_the_memory_map_is_unmapped(
    own_heap: Heap, tables: PageTables
) -> None:
    guards = [region for region in own_heap.memmap() if "guard" in region.kind]
    assert len(guards) >= 3, "one under a stack and two around the heap"
    for guard in guards:
        assert tables.within(guard.start, guard.end) == []


def test_the_memory_map_covers_every_page_that_is_there(own_heap: Heap, tables: PageTables) -> None:
    regions = [region for region in own_heap.memmap() if "guard" not in region.kind]
    for page in tables.mappings:
        assert any(
            region.start < page.end and page.virtual < region.end for region in regions
        ), hex(page.virtual)


def test_write_protection_and_no_execute_are_switched_on(own_machine: Machine) -> None:
    registers = own_machine.qmp.registers()
    assert registers["CR0"] & 1 << 16, "CR0.WP"
    assert registers["CR0"] & 1 << 31, "CR0.PG"
    assert registers["EFER"] & 1 << 11, "EFER.NXE"


def test_physical_memory_is_mapped_only_where_there_is_some(tables: PageTables) -> None:
    window = tables.within(PHYSICAL_MAP, 0xFFFF_FFFF_0000_0000)
    assert window
    assert max(page.physical + page.size for page in window) <= 64 << 20


@pytest.mark.parametrize("firmware", ["pvh", "bios"])
def test_the_rights_are_the_same_in_a_large_machine(
    boot: Callable[..., Machine], firmware: Firmware
) -> None:
    tables = boot(firmware, memory="5G").page_tables()
    (text,) = [segment for segment in _segments() if segment.executable]
    for page in tables.mappings:
        assert not page.user
        assert page.executable == (text.start <= page.virtual < text.end)
        assert not (page.writable and page.executable)
    lower = {page.virtual >> 32 << 32 for page in tables.within(0, LOWER_HALF_END)}
    assert lower == {HEAP_START >> 32 << 32, LEDGER, JOURNAL}
    assert sum(page.size for page in tables.mappings) > 4 << 30


def test_heap_ledger_and_journal_share_no_frame_with_each_other(tables: PageTables) -> None:
    pages = tables.within(0, LOWER_HALF_END)
    frames = [page.physical + at for page in pages for at in range(0, page.size, 4096)]
    assert {page.virtual >> 32 << 32 for page in pages} >= {LEDGER, JOURNAL}
    assert len(set(frames)) == len(frames)


@pytest.mark.parametrize(
    "address", [HEAP_START, HEAP_START + 0x1234, HEAP_END - 1, LEDGER, LEDGER + 77]
)
def test_walk_tells_what_the_tables_say(own_heap: Heap, tables: PageTables, address: int) -> None:
    page, walk = tables.find(address), own_heap.walk(address)
    assert page is not None
    assert walk.address == address
    assert [level["level"] for level in walk.levels] == [4, 3, 2, 1]
    assert walk.physical == page.physical + address - page.virtual
    # The processor sets the accessed and dirty bits as it goes.
    touched = ~0x60
    told = [int(level["entry"], 16) & touched for level in walk.levels]
    assert told == [entry & touched for entry in page.entries]


def test_walk_tells_the_index_at_each_level(own_heap: Heap) -> None:
    address = HEAP_START + 0x5000
    indices = [level["index"] for level in own_heap.walk(address).levels]
    assert indices == [address >> shift & 511 for shift in (39, 30, 21, 12)]


def test_walk_through_the_kernel_agrees_with_the_tables(
    own_heap: Heap, tables: PageTables
) -> None:
    for segment in _segments():
        page = tables.find(segment.start)
        assert page is not None
        expected = page.physical + segment.start - page.virtual
        assert own_heap.walk(segment.start).physical == expected


def test_walk_through_a_large_page_ends_early(own_heap: Heap, tables: PageTables) -> None:
    large = next(page for page in tables.mappings if page.size == 2 << 20)
    walk = own_heap.walk(large.virtual + 0x12345)
    assert len(walk.levels) == 3
    assert walk.physical == large.physical + 0x12345


@pytest.mark.parametrize("address", [0, 0x1000, HEAP_START - 1, HEAP_END, 0x7FFF_FFFF_F000])
def test_walk_to_what_is_not_mapped_has_no_physical_address(own_heap: Heap, address: int) -> None:
    answer = own_heap.answer(f"walk {address:#x}")
    if answer["ok"]:
        assert answer["physical"] is None
    else:
        assert answer["error"]["code"] == "unmapped"


def test_frames_are_counted_without_contradiction(own_heap: Heap) -> None:
    frames = own_heap.frames()
    assert frames.used + frames.free == frames.total
    assert 0 < frames.used < frames.total
    assert frames.total <= (64 << 20) // 4096


def test_the_memory_map_is_in_order_without_overlap(own_heap: Heap) -> None:
    regions = own_heap.memmap()
    assert regions
    for first, second in zip(regions, regions[1:]):
        assert first.start < first.end <= second.start
