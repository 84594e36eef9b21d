# SPDX-License-Identifier: MIT
"""What stands at an address, and which function and line a code address belongs to."""

from __future__ import annotations

import struct

from code_lines import address_of_symbol, own_lines, split_caller
from first_fit import HEAP_START
from heap44 import Heap
from support import HEAP_END


def test_a_block_s_payload_and_padding(either: Heap) -> None:
    block = either.alloc(60, name="vec")
    for offset, kind in ((0, "block"), (59, "block"), (60, "padding"), (63, "padding")):
        place = either.where(block.address + offset)
        assert (place.kind, place.block and place.block.id, place.offset) == (kind, 1, offset)
    assert '"vec"' in place.text


def test_a_hole_s_words_and_free_memory(either: Heap) -> None:
    block = either.alloc(64)
    for offset, word in ((0, "'size'"), (8, "'next'"), (16, "free memory")):
        place = either.where(block.end + offset)
        assert place.kind == "hole"
        assert place.raw["hole"] == {
            "address": f"{block.end:#x}",
            "size": HEAP_END - block.end,
        }
        assert word in place.text


def test_freed_memory_names_the_block_that_was_there(either: Heap) -> None:
    block = either.alloc(64)
    either.alloc(16)
    either.free(block)
    place = either.where(block.address + 40)
    assert (place.kind, place.offset) == ("hole", 40)
    assert place.block is not None and (place.block.id, place.block.state) == (1, "freed")
    assert "byte 40 of #1 (freed)" in place.text


def test_where_nothing_is(either: Heap) -> None:
    assert either.where(0x10).kind == "unmapped"
    assert "page zero" in either.where(0x10).text
    assert either.where(0x7000_0000_0000).kind == "unmapped"
    assert either.where(0xDEAD_0000_0000_0000).kind == "not-canonical"


def test_guard_pages_name_what_they_guard(heap: Heap) -> None:
    heap.alloc(16)
    behind = heap.where(HEAP_END)
    assert behind.kind == "guard" and "behind the heap" in behind.text
    assert heap.where(HEAP_START - 1).kind == "guard"
    stack = next(region for region in heap.memmap() if region.kind == "kernel stack")
    assert heap.where(stack.start - 1).text == "guard page under the kernel stack"


def test_a_stack(heap: Heap) -> None:
    stack = next(region for region in heap.memmap() if region.kind == "kernel stack")
    place = heap.where(stack.end - 24)
    assert (place.kind, place.text) == ("stack", "kernel stack, 24 bytes below its top")
    assert heap.where(stack.end).kind != "stack"


def test_code_has_function_and_line(heap: Heap) -> None:
    start = address_of_symbol(r" heap44::shell::commands::vectest\(")
    addresses = [start + offset for offset in range(0, 200, 7)]
    told = [split_caller(heap.where(address).raw["code"]) for address in addresses]
    assert {function for function, _, _, _ in told} == {"vectest"}
    assert [offset for _, offset, _, _ in told] == list(range(0, 200, 7))
    for (_, _, file, line), expected in zip(told, own_lines(*addresses)):
        if expected[1] != 0:
            assert (file, line) == expected


def test_a_page_table(heap: Heap) -> None:
    levels = heap.walk(HEAP_START).levels
    direct = next(r for r in heap.memmap() if r.kind == "physical memory map")
    base = direct.start - (heap.walk(direct.start).physical or 0)
    for level, parent in zip(levels[1:], levels):
        table = int(parent["entry"], 16) & 0x000F_FFFF_FFFF_F000
        address = base + table + 8 * level["index"]
        place = heap.where(address)
        assert place.kind == "page-table"
        assert place.text == f"entry {level['index']} of a page table of level {level['level']}"
        assert struct.unpack("<Q", heap.peek(address, 8))[0] & ~0x60 == int(
            level["entry"], 16
        ) & ~0x60


def test_plain_memory_is_no_page_table(heap: Heap) -> None:
    physical = heap.walk(HEAP_START).physical
    assert physical is not None
    direct = next(r for r in heap.memmap() if r.kind == "physical memory map")
    base = direct.start - (heap.walk(direct.start).physical or 0)
    assert heap.where(base + physical).kind == "physical memory map"


def test_the_caller_of_typed_commands_is_the_command(heap: Heap) -> None:
    function, offset, file, line = split_caller(heap.alloc(16).caller)
    assert (function, offset) == ("alloc", 0)
    assert (file, line) == own_lines(address_of_symbol(r" heap44::shell::commands::alloc\("))[0]


def test_the_caller_of_c_plus_plus_code_is_the_line_of_the_call(heap: Heap) -> None:
    heap.vectest(10)
    function, offset, file, line = split_caller(heap.block("#1").caller)
    assert function == "vectest" and offset > 0
    start = address_of_symbol(r" heap44::shell::commands::vectest\(")
    assert (file, line) == own_lines(start + offset - 1)[0]
    assert file == "containers.cpp"


def test_the_text_form_shows_function_and_line_alone(heap: Heap) -> None:
    heap.alloc(16)
    _, _, file, line = split_caller(heap.block("#1").caller)
    assert f"alloc ({file}:{line})" in heap.text("block #1")


def _marks(heap: Heap, address: int, length: int) -> list[str]:
    """What `peek` says behind the characters of each row."""
    rows = heap.text(f"peek {address:#x} {length}").splitlines()
    return [row[51:] for row in rows]


def test_peek_marks_what_belongs_to_what(heap: Heap) -> None:
    block = heap.alloc(60, name="vec")
    assert _marks(heap, block.address + 48, 48) == [
        '#1 "vec" +48',
        '#1 "vec" +56, padding of #1 "vec" (poison)',
        "size of the hole",
        "next of the hole",
        "hole +16 (poison)",
        "hole +24 (poison)",
    ]


def test_peek_marks_poison_byte_by_byte(heap: Heap) -> None:
    block = heap.alloc(13)
    other = heap.alloc(64)
    heap.alloc(16)
    heap.free(other)
    assert _marks(heap, other.address, 24) == [
        "size of the hole",
        "next of the hole",
        "hole +16 (poison)",
    ]
    heap.poke(other.address + 20, b"\x01\x02", force=True)
    heap.poke(block.end - 1, b"\x03", force=True)
    assert _marks(heap, block.address + 8, 8) == ["#1 +8, padding of #1 (poison), padding of #1"]
    assert _marks(heap, other.address + 16, 8) == ["hole +16 (poison), hole +20, hole +22 (poison)"]


def test_what_looks_like_poison_in_a_payload_is_none(heap: Heap) -> None:
    block = heap.alloc(16)
    heap.command("fill #1 f5")
    assert _marks(heap, block.address, 16) == ["#1 +0", "#1 +8"]


def test_peek_marks_no_poison_where_none_is_watched(heap: Heap) -> None:
    block = heap.alloc(13)
    heap.poison(False)
    assert _marks(heap, block.address + 8, 8) == ["#1 +8, padding of #1"]


def test_peek_marks_the_words_of_each_design(heap: Heap) -> None:
    def marks(design: str) -> list[str]:
        heap.reset()
        heap.allocator(design)
        block = heap.alloc(100, count=3)[1]
        heap.free(block)
        words = _marks(heap, block.address, block.block_size)
        return [*words[:2], words[-1]]

    assert marks("indexed") == ["size of the hole", "next of the hole", "hole +96 (poison)"]
    assert marks("fixed-size-block") == [
        "next of the hole",
        "hole +8 (poison)",
        "hole +120 (poison)",
    ]
    assert marks("buddy") == ["hole +0 (poison)", "hole +8 (poison)", "hole +120 (poison)"]
    assert marks("tlsf") == [
        "size (in granules) of the hole, next (a granule) of the hole",
        "previous (a granule) of the hole, hole +12 (poison)",
        "hole +104 (poison), size at its end of the hole",
    ]


def test_a_word_of_a_size_class_is_named(either: Heap) -> None:
    either.allocator("fixed-size-block")
    block = either.alloc(64, count=2)[0]
    either.free(block)
    assert "in its word 'next'" in either.where(block.address + 7).text
    assert "free memory" in either.where(block.address + 8).text


def test_peek_marks_more_holes_than_it_remembers(heap: Heap) -> None:
    blocks = heap.alloc(16, count=200)
    heap.free_even()
    marks = _marks(heap, blocks[0].address, 200 * 16)
    assert marks[::4] == [f"#{number} +0" for number in range(1, 201, 2)]
    assert set(marks[2::4]) == {"size of the hole"}
    assert set(marks[3::4]) == {"next of the hole"}


def test_memory_behind_a_broken_hole_is_not_called_overhead(heap: Heap) -> None:
    block = heap.alloc(64)
    heap.free(block)
    heap.poke(block.address, b"\xff", force=True)
    assert _marks(heap, block.address, 8) == ["free, the list is broken"]
    assert _marks(heap, block.address + 16, 8) == ["free, the list is broken (poison)"]
    assert "broken list" in heap.where(block.address).text


def test_peek_marks_nothing_outside_the_heap(heap: Heap) -> None:
    text = next(region for region in heap.memmap() if region.kind == "kernel text")
    assert "hole" not in heap.text(f"peek {text.start:#x} 64")
