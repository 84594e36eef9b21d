# SPDX-License-Identifier: MIT
"""Wrong frees under every design: code, block, offset; the order of the checks; and near misses."""

from __future__ import annotations

from typing import Any

import pytest
from heap44 import Block, Heap
from heap44.errors import Heap44Error
from support import refusal

DESIGNS = ["linked-list", "indexed", "bump", "fixed-size-block", "buddy", "tlsf", "guard-page"]
IN_THE_HEAP = [name for name in DESIGNS if name != "guard-page"]


@pytest.fixture(params=DESIGNS)
def any_heap(request: pytest.FixtureRequest, heap: Heap) -> Heap:
    """Every design in the kernel."""
    heap.use(request.param)
    return heap


@pytest.fixture(params=IN_THE_HEAP)
def own_heap(request: pytest.FixtureRequest, heap: Heap) -> Heap:
    """Those that keep freed memory and give it again soon."""
    heap.use(request.param)
    return heap


def _tells(error: Heap44Error, code: str, address: int, block: Block, state: str) -> dict[str, Any]:
    details = error.details
    told = details["block"]
    assert (error.code, error.address) == (code, address)
    assert (told["id"], told["size"], told["state"]) == (block.id, block.size, state)
    assert int(told["address"], 16) == block.address
    assert details["offset"] == address - block.address
    return details


# --- double free ---


@pytest.mark.parametrize("how", ["number", "name", "address"])
def test_a_double_free_names_the_block_and_both_commands(any_heap: Heap, how: str) -> None:
    any_heap.alloc(24)
    block = any_heap.alloc(40, name="twice")
    any_heap.alloc(24)
    any_heap.free("twice")
    word = {"number": f"#{block.id}", "name": "twice", "address": f"{block.address:#x}"}[how]
    error = refusal(any_heap, f"free {word}", "double-free")
    details = _tells(error, "double-free", block.address, block, "freed")
    assert details["freed_in"] == details["allocated_in"] + 2
    assert details["freed_by"].startswith("free (")
    assert details["block"]["caller"].startswith("alloc (")
    assert f"command {details['freed_in']}" in error.message


def test_freed_given_again_and_freed_is_no_double_free(own_heap: Heap) -> None:
    own_heap.alloc(24)
    first = own_heap.alloc(40)
    own_heap.free(first)
    second = own_heap.alloc(40)
    assert own_heap.free(f"{second.address:#x}")[0].id == second.id
    assert own_heap.check().consistent


def test_a_name_used_again_is_that_of_the_new_block(any_heap: Heap) -> None:
    any_heap.free(any_heap.alloc(40, name="again"))
    second = any_heap.alloc(40, name="again")
    assert any_heap.free("again")[0].id == second.id
    error = refusal(any_heap, "free again", "double-free")
    _tells(error, "double-free", second.address, second, "freed")


def test_of_two_freed_at_one_address_the_later_one_is_named(own_heap: Heap) -> None:
    blocks = []
    for size in (40, 38):
        blocks.append(own_heap.alloc(size))
        own_heap.free(blocks[-1])
    first, second = blocks
    assert first.address == second.address
    error = refusal(own_heap, f"free {second.address:#x}", "double-free")
    _tells(error, "double-free", second.address, second, "freed")
    error = refusal(own_heap, f"free #{first.id}", "double-free")
    _tells(error, "double-free", first.address, first, "freed")


def test_the_same_block_twice_in_a_line_is_a_double_free_and_nothing_is_freed(
    any_heap: Heap,
) -> None:
    block = any_heap.alloc(40)
    answer = refusal(any_heap, f"free #{block.id} #{block.id}", "double-free")
    assert answer.details["block"]["id"] == block.id
    assert any_heap.free(block)[0].id == block.id


# --- interior, invalid, foreign ---


@pytest.mark.parametrize("at", ["first", "middle", "last"])
def test_an_address_inside_a_block_is_interior(any_heap: Heap, at: str) -> None:
    block = any_heap.alloc(37)
    any_heap.alloc(24)
    offset = {"first": 1, "middle": 20, "last": block.block_size - 1}[at]
    error = refusal(any_heap, f"free {block.address + offset:#x}", "interior-free")
    _tells(error, "interior-free", block.address + offset, block, "live")
    assert any_heap.free(f"{block.address:#x}")[0].id == block.id, "its start is no interior"


def test_free_memory_is_invalid_and_the_nearest_block_is_named(any_heap: Heap) -> None:
    block = any_heap.alloc(64)
    error = refusal(any_heap, f"free {block.end + 8:#x}", "invalid-free")
    _tells(error, "invalid-free", block.end + 8, block, "live")


def test_the_middle_of_a_freed_block_is_invalid_and_names_it(any_heap: Heap) -> None:
    block = any_heap.alloc(64)
    any_heap.alloc(64)
    any_heap.free(block)
    error = refusal(any_heap, f"free {block.address + 8:#x}", "invalid-free")
    _tells(error, "invalid-free", block.address + 8, block, "freed")


@pytest.mark.parametrize("distance", [-8, -1, 0, 1])
def test_outside_the_heap_is_foreign_and_its_first_byte_is_not(
    any_heap: Heap, distance: int
) -> None:
    extent = any_heap.freelist().heap
    block = any_heap.alloc(64)
    address = extent.start + distance if distance < 0 else extent.end + distance
    error = refusal(any_heap, f"free {address:#x}", "foreign-free")
    if -256 <= address - block.address < block.block_size + 256:
        _tells(error, "foreign-free", address, block, "live")
    else:
        assert error.address == address and "block" not in error.details
    inside = extent.start if distance < 0 else extent.end - 1
    if inside != block.address:
        refusal(any_heap, f"free {inside:#x}", "invalid-free")


# --- the order of the checks ---


def test_a_live_start_comes_before_a_double_free(own_heap: Heap) -> None:
    old = own_heap.alloc(64)
    own_heap.free(old)
    new = own_heap.alloc(64)
    assert new.address == old.address
    assert own_heap.free(f"{old.address:#x}")[0].id == new.id


@pytest.mark.parametrize("design", ["linked-list", "indexed", "buddy", "tlsf"])
def test_interior_comes_before_double(either: Heap, design: str) -> None:
    """Where a freed block began there is a live one's middle now."""
    either.use(design)
    first, second = either.alloc(64, count=2)
    either.free(first, second)
    big = either.alloc(128)
    assert big.address == first.address < second.address < big.end
    error = refusal(either, f"free {second.address:#x}", "interior-free")
    _tells(error, "interior-free", second.address, big, "live")
    error = refusal(either, f"free #{second.id}", "double-free")
    _tells(error, "double-free", second.address, second, "freed")


def test_double_comes_before_invalid(any_heap: Heap) -> None:
    block = any_heap.alloc(64)
    any_heap.alloc(64)
    any_heap.free(block)
    refusal(any_heap, f"free {block.address:#x}", "double-free")
    refusal(any_heap, f"free {block.address + 1:#x}", "invalid-free")


def test_the_first_wrong_word_decides(any_heap: Heap) -> None:
    block = any_heap.alloc(64)
    inside, outside = f"{block.address + 1:#x}", f"{any_heap.freelist().heap.end:#x}"
    refusal(any_heap, f"free #99 {outside}", "no-such-block")
    refusal(any_heap, f"free {outside} {inside}", "foreign-free")
    refusal(any_heap, f"free #{block.id} {inside} {outside}", "interior-free")
    refusal(any_heap, f"free {inside} nobody", "interior-free")


@pytest.mark.parametrize("command", ["realloc", "fill"])
def test_others_judge_an_address_as_free_does(any_heap: Heap, command: str) -> None:
    block = any_heap.alloc(64)
    gone = any_heap.alloc(64)
    any_heap.free(gone)
    rest = " 9" if command == "realloc" else " 00"
    refusal(any_heap, f"{command} {block.address + 3:#x}{rest}", "interior-free")
    refusal(any_heap, f"{command} {block.end + 8:#x}{rest}", "invalid-free")
    freed = "double-free" if command == "realloc" else "use-after-free"
    refusal(any_heap, f"{command} #{gone.id}{rest}", freed)
