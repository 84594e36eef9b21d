# SPDX-License-Identifier: MIT
"""Blocks: numbers, names, many at once, resizing, and what is remembered of the freed ones."""

from __future__ import annotations

import pytest
from first_fit import HEAP_SIZE, HEAP_START
from heap44 import Heap
from heap44.errors import DoubleFree, NoSuchBlock
from support import HEAP_END, is_whole, refusal


def test_blocks_are_numbered_from_one(either: Heap) -> None:
    assert [either.alloc(8).id for _ in range(3)] == [1, 2, 3]


def test_numbers_are_not_used_again(either: Heap) -> None:
    either.free(either.alloc(8))
    assert either.alloc(8).id == 2


def test_reset_starts_the_numbers_and_figures_anew(either: Heap) -> None:
    fresh = either.stats()
    either.alloc(8, count=5, name="a")
    either.mark()
    refusal(either, "alloc 200K", "out-of-memory")
    assert either.reset() == 5
    assert either.stats() == fresh
    assert either.alloc(8, name="a1").id == 1


def test_reset_forgets_the_freed_blocks(either: Heap) -> None:
    either.free(either.alloc(64, name="a"))
    either.reset()
    for word in ("#1", "a"):
        with pytest.raises(NoSuchBlock):
            either.free(word)
    refusal(either, f"free {HEAP_START:#x}", "invalid-free")


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 24, 25, 4095, 102_393, 102_400])
def test_a_block_takes_at_least_16_bytes_in_steps_of_8(either: Heap, size: int) -> None:
    block = either.alloc(size)
    assert (block.address, block.size) == (HEAP_START, size)
    assert block.block_size == max(16, (size + 7) // 8 * 8)


@pytest.mark.parametrize("align", [1, 2, 4, 8, 16, 64, 4096, 65536])
def test_a_block_starts_at_its_alignment(either: Heap, align: int) -> None:
    either.alloc(20)
    block = either.alloc(20, align=align)
    assert block.address % align == 0
    assert block.align == align


def test_an_allocation_is_aligned_to_8_unless_told(either: Heap) -> None:
    assert either.alloc(1).align == 8


def test_many_blocks_come_at_once_with_names_from_1_on(either: Heap) -> None:
    blocks = either.alloc(24, count=3, name="row", align=32)
    assert [(b.id, b.name) for b in blocks] == [(1, "row1"), (2, "row2"), (3, "row3")]
    assert blocks == either.blocks()


def test_a_count_of_one_still_numbers_the_name(either: Heap) -> None:
    assert either.alloc(24, count=1, name="a")[0].name == "a1"


def test_6400_blocks_fill_the_heap(host: Heap) -> None:
    blocks = host.alloc(16, count=6400)
    assert [block.address for block in blocks] == list(range(HEAP_START, HEAP_END, 16))
    assert is_full(host)
    assert len(host.free_all()) == 6400
    assert is_whole(host)


def test_6400_blocks_fill_the_heap_in_the_kernel(heap: Heap) -> None:
    """Told in text, which is shorter by two megabytes."""
    assert "6400 blocks, 102400 bytes taken" in heap.text("alloc 16 count=6400")
    assert is_full(heap)
    assert "6400 blocks, 102400 bytes given back" in heap.text("free all")
    assert is_whole(heap)


def is_full(heap: Heap) -> bool:
    stats = heap.stats()
    assert (stats.live, stats.used, stats.free, stats.fragmentation) == (6400, HEAP_SIZE, 0, 0)
    assert heap.answer("alloc 0")["error"]["code"] == "out-of-memory"
    return heap.freelist().holes == ()


@pytest.mark.parametrize("name", ["a", "_", "A-b_9", "x" * 31, "null", "Free", "ALL"])
def test_a_name_can_be_any_word(either: Heap, name: str) -> None:
    either.alloc(8, name=name)
    assert either.block(name).name == name
    assert either.free(name)[0].name == name


def test_a_freed_block_answers_to_its_number_and_name(either: Heap) -> None:
    either.free(either.alloc(40, name="a"))
    for word in ("#1", "a"):
        block = either.block(word)
        assert (block.state, block.size, block.address) == ("freed", 40, HEAP_START)


def test_a_name_given_again_means_the_new_block(either: Heap) -> None:
    either.free(either.alloc(40, name="a"))
    either.alloc(80, name="a")
    assert either.block("a").size == 80
    assert either.block("#1").state == "freed"


def test_4096_freed_blocks_are_remembered(host: Heap) -> None:
    host.command("alloc 24 name=first")
    host.free("first")
    host.alloc(16, count=4095)
    host.free_all()
    assert host.block("#1").state == "freed"
    with pytest.raises(DoubleFree):
        host.free("first")


def test_odd_and_even_go_by_position(either: Heap) -> None:
    either.alloc(16, count=7)
    assert [b.id for b in either.free_odd()] == [1, 3, 5, 7]
    assert [b.id for b in either.free_even()] == [4]
    assert [b.id for b in either.free_odd()] == [2]
    assert either.free_even() == [], "one block is the first, and odd"


def test_odd_and_even_count_by_address_not_by_number(either: Heap) -> None:
    either.alloc(16, count=3)
    either.free("#1")
    again = either.alloc(16)
    assert again.address == HEAP_START
    assert [b.id for b in either.free_odd()] == [again.id, 3]


def test_freeing_all_of_nothing_is_no_error(either: Heap) -> None:
    assert either.free_all() == []


def test_freed_blocks_say_so(either: Heap) -> None:
    block = either.alloc(40, name="a")
    freed = either.free(block)[0]
    assert (freed.state, freed.id, freed.name, freed.address) == ("freed", 1, "a", block.address)


def test_several_blocks_are_freed_by_different_words(either: Heap) -> None:
    first, second, third = either.alloc(16, count=3, name="a")
    freed = either.free("#1", "a2", third.address)
    assert [block.id for block in freed] == [first.id, second.id, third.id]
    assert is_whole(either)


@pytest.mark.parametrize("size", [0, 8, 64, 65, 128, 5000])
def test_a_resized_block_keeps_number_name_and_alignment(either: Heap, size: int) -> None:
    block = either.alloc(64, name="a", align=32)
    either.alloc(16)
    resized = either.realloc(block, size)
    assert (resized.id, resized.name, resized.align) == (1, "a", 32)
    assert (resized.size, resized.state) == (size, "live")
    assert resized.address % 32 == 0
    assert either.block("a") == resized
    assert either.check().consistent


def test_the_old_place_of_a_moved_block_is_a_double_free(either: Heap) -> None:
    block = either.alloc(64)
    either.alloc(16)
    assert either.realloc(block, 640).address != block.address
    refusal(either, f"free {block.address:#x}", "double-free")


@pytest.mark.expects("double-free")
def test_a_freed_block_is_not_resized(either: Heap) -> None:
    either.free(either.alloc(64, name="a"))
    assert either.answer("realloc #1 128")["ok"] is False
    assert either.answer("realloc a 128")["ok"] is False


def test_mark_and_leaks_tell_what_came_since(either: Heap) -> None:
    old = either.alloc(8)
    assert either.mark() == 1
    new = either.alloc(8, count=3)
    either.free(old, new[1])
    assert [block.id for block in either.leaks()] == [new[0].id, new[2].id]
    either.mark()
    assert either.leaks() == []


def test_leaks_are_told_by_address(either: Heap) -> None:
    either.mark()
    either.alloc(16, count=3)
    either.free("#1")
    either.alloc(16)
    addresses = [block.address for block in either.leaks()]
    assert addresses == sorted(addresses) and len(addresses) == 3


def test_the_dummy_design_refuses_every_allocation(either: Heap) -> None:
    answer = either.allocator("dummy")
    assert answer["allocator"] == "dummy"
    refusal(either, "alloc 8", "out-of-memory")
    stats = either.stats()
    assert stats.used + stats.free == stats.size


def test_a_forced_change_of_the_design_resets(either: Heap) -> None:
    either.alloc(8, count=3)
    either.allocator("dummy", force=True)
    assert either.blocks() == []
    either.allocator("linked-list")
    assert either.alloc(8).id == 1


def test_the_designs_are_told(either: Heap) -> None:
    answer = either.allocator()
    assert answer["allocator"] == "linked-list"
    assert {"dummy", "linked-list"} <= set(answer["available"])


def test_peak_use_is_remembered(either: Heap) -> None:
    either.free(either.alloc(5000))
    assert either.stats().peak_used == 5000
    assert either.stats().used == 0


@pytest.mark.expects("out-of-memory")
def test_callers_are_told_for_code_not_the_same_as_for_commands(either: Heap) -> None:
    either.mark()
    either.alloc(8)
    assert not either.answer("vectest 1000000")["ok"]
    by_hand, by_code = either.leaks()[0], either.leaks()[-1]
    assert by_code.caller is not None
    assert by_code.caller != by_hand.caller
