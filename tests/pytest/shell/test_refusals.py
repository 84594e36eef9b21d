# SPDX-License-Identifier: MIT
"""Commands that are refused: each with its code, and without a change to anything."""

from __future__ import annotations

import pytest
from first_fit import HEAP_START
from heap44 import Heap
from support import HEAP_END, refusal

BAD_ARGUMENTS = [
    # sizes that are none, or not representable in 64 bits
    *("alloc", "alloc x", "alloc -1", "alloc 0x", "alloc 4Q", "alloc 64.5", "alloc +", "alloc ''"),
    *("alloc 18446744073709551616", "alloc 0x10000000000000000", "alloc 18014398509481984K"),
    *("alloc 99999999999999999999999999", "alloc 0xg", "alloc K", "alloc 1e3", "alloc 12abc"),
    # alignments and counts
    *("alloc 8 align=0", "alloc 8 align=3", "alloc 8 align=-8", "alloc 8 align="),
    *("alloc 8 align=x", "alloc 8 align=24", "alloc 8 align=18446744073709551616"),
    "alloc 8 count=0",
    *("alloc 8 count=-1", "alloc 8 count=x", "alloc 8 count=", "zalloc 8 count=0", "zalloc"),
    # names
    *("alloc 8 name=1a", "alloc 8 name=a.b", "alloc 8 name=", "alloc 8 name=all"),
    *("alloc 8 name=odd", "alloc 8 name=even", f"alloc 8 name={'x' * 32}", 'alloc 8 name="a b"'),
    f"alloc 8 count=2 name={'x' * 31}",
    # missing, extra and unknown arguments
    *("alloc 8 8", "alloc 8 colour=red", "alloc 8 --fast", "free", "free --all", "free all #1"),
    *("free #1 all", "free #1 odd", "free even odd"),
    *("realloc", "realloc #1", "realloc #1 8 8", "realloc #1 x", "block", "block #1 #1"),
    *("reset now", "stats 1", "blocks all", "freelist 3", "check twice", "mark x", "leaks x"),
    *("heapmap 80", "heapmap width=x", "uptime 3", "version 2", "showcase 5", "frames x"),
    # what a block, an address or a count can be
    *("free #x", "free #-1", "free ##1", "free 0x", "free 0xzz", "free 0x10000000000000000"),
    *("peek", "peek zz", "peek 0x444444440000 x", "walk", "walk x", "walk 0x444444440000 4"),
    *("repeat", "repeat 3", "repeat x echo", "repeat -1 echo", "time"),
    # names of things that do not exist
    *("allocator nosuch", "fault nosuch", "bug nosuch", "fault null null", "ansi maybe"),
    *("json perhaps", "poweroff 128", "poweroff -1", "poweroff x", "poweroff 1 2"),
]


@pytest.mark.parametrize("command", BAD_ARGUMENTS)
def test_a_bad_argument_is_refused(heap: Heap, command: str) -> None:
    heap.alloc(64, name="bystander")
    refusal(heap, command, "bad-argument")


@pytest.mark.parametrize("line", ['alloc "64', 'echo "', 'alloc 64" --json', "free #"])
def test_a_line_that_cannot_be_parsed_is_refused_in_the_sessions_form(
    either: Heap, line: str
) -> None:
    either.command("json on")
    either.console.send_line(line)
    answer = either.read_answer()
    assert answer["error"]["code"] == "bad-argument"
    either.command("json off")
    assert either.blocks() == []


@pytest.mark.parametrize(
    ("word", "meant"),
    [("aloc 64", "alloc"), ("heapmpa", "heapmap"), ("fre #1", "free"), ("showcas", "showcase")],
)
def test_an_unknown_command_names_the_nearest_one(either: Heap, word: str, meant: str) -> None:
    error = refusal(either, word, "unknown-command")
    assert meant in str(error.details)
    assert word.split()[0] in error.message


@pytest.mark.parametrize("word", ["ALLOC 64", "Alloc 64", "42", "xyzzyplugh", "#1", "é"])
def test_what_is_no_command_is_unknown(either: Heap, word: str) -> None:
    refusal(either, word, "unknown-command")


@pytest.mark.parametrize(
    "command",
    [
        *("alloc 102401", "alloc 1M", "alloc 18446744073709551615", "alloc 0xffffffffffffffff"),
        *("alloc 0xfffffffffffffff8", "alloc 8 align=0x8000000000000000", "alloc 8 align=1M"),
        *("alloc 16 count=6401", "alloc 1 count=18446744073709551615", "zalloc 102401"),
        *("alloc 0x8000000000000000 count=2", "alloc 102400", "alloc 50K count=2"),
    ],
)
def test_what_does_not_fit_is_out_of_memory(either: Heap, command: str) -> None:
    either.alloc(16, name="bystander")
    refusal(either, command, "out-of-memory")


def test_a_failed_allocation_is_counted(either: Heap) -> None:
    before = either.stats().failures
    refusal(either, "alloc 102401", "out-of-memory")
    assert either.stats().failures == before + 1


def test_a_block_that_cannot_grow_stays(either: Heap) -> None:
    either.alloc(64, name="a")
    refusal(either, "realloc a 102401", "out-of-memory")
    refusal(either, "realloc a 18446744073709551615", "out-of-memory")


@pytest.mark.parametrize("word", ["#2", "#0", "#18446744073709551615", "nobody", "X"])
def test_a_block_never_given_is_no_such_block(either: Heap, word: str) -> None:
    either.alloc(64, name="x")
    for command in (f"free {word}", f"free #1 {word}", f"block {word}", f"realloc {word} 8"):
        refusal(either, command, "no-such-block")


@pytest.mark.parametrize(
    "address", [0, 0x1000, HEAP_START - 1, HEAP_END, 0xFFFF_FFFF_8000_0000, 0xDEAD << 48, 2**64 - 1]
)
def test_an_address_outside_the_heap_is_a_foreign_free(either: Heap, address: int) -> None:
    assert refusal(either, f"free {address:#x}", "foreign-free").address == address


def test_a_freed_block_is_a_double_free_by_number_name_and_address(either: Heap) -> None:
    block = either.alloc(64, name="a")
    either.free(block)
    for word in (f"#{block.id}", "a", f"{block.address:#x}", "0x4444_4444_0000"):
        assert refusal(either, f"free {word}", "double-free").address == block.address


def test_freeing_a_block_twice_in_one_command_frees_nothing(either: Heap) -> None:
    either.alloc(64, count=2)
    refusal(either, "free #1 #2 #1", "double-free")
    refusal(either, f"free #1 {HEAP_START:#x}", "double-free")


def test_a_freed_number_stays_a_double_free_when_its_place_is_taken(either: Heap) -> None:
    either.free(either.alloc(64))
    again = either.alloc(64)
    refusal(either, "free #1", "double-free")
    assert either.free(again.address)[0].id == again.id


def test_a_freed_start_within_a_live_block_is_interior(either: Heap) -> None:
    either.alloc(64, count=2)
    either.free_all()
    either.alloc(128)
    refusal(either, f"free {HEAP_START + 64:#x}", "interior-free")


@pytest.mark.parametrize("offset", [1, 7, 8, 16, 19, 20, 23])
def test_inside_a_block_and_its_padding_is_interior(either: Heap, offset: int) -> None:
    either.alloc(20)
    refusal(either, f"free {HEAP_START + offset:#x}", "interior-free")


@pytest.mark.parametrize("address", [HEAP_START + 24, HEAP_START + 25, HEAP_END - 1, HEAP_END - 8])
def test_where_no_block_ever_was_is_an_invalid_free(either: Heap, address: int) -> None:
    either.alloc(20)
    refusal(either, f"free {address:#x}", "invalid-free")


def test_inside_a_freed_block_is_an_invalid_free(either: Heap) -> None:
    either.free(either.alloc(64))
    refusal(either, f"free {HEAP_START + 8:#x}", "invalid-free")


def test_several_blocks_are_freed_all_or_none(either: Heap) -> None:
    either.alloc(64, count=3)
    refusal(either, "free #1 #3 0x10", "foreign-free")
    refusal(either, f"free #1 #3 {HEAP_START + 4:#x}", "interior-free")
    assert [block.id for block in either.free("#1", "#3")] == [1, 3]


def test_a_name_in_use_is_refused_until_it_is_free(either: Heap) -> None:
    either.alloc(64, name="a")
    refusal(either, "alloc 64 name=a", "name-in-use")
    refusal(either, "zalloc 64 name=a", "name-in-use")
    either.free("a")
    assert either.alloc(64, name="a").id == 2


def test_one_of_many_names_in_use_refuses_them_all(either: Heap) -> None:
    either.alloc(64, name="a3")
    refusal(either, "alloc 8 count=4 name=a", "name-in-use")


def test_another_allocator_would_lose_blocks(either: Heap) -> None:
    either.alloc(64, count=3)
    assert "3" in refusal(either, "allocator dummy", "would-lose-blocks").message


def test_refused_blocks_were_never_given(either: Heap) -> None:
    either.alloc(64)
    refusal(either, "alloc 16 count=7000", "out-of-memory")
    assert either.alloc(64).id == 2
    refusal(either, "free #3", "no-such-block")


@pytest.mark.parametrize("command", ["fault null", "fault divide", "reboot"])
def test_the_host_does_not_support_what_only_a_machine_can(host: Heap, command: str) -> None:
    refusal(host, command, "not-supported")


@pytest.mark.parametrize(
    "command",
    ["peek 0x0", "peek 0xdeadbeefdeadbeef", "peek 0x1000 16", "peek 0x444444459000 1"],
)
def test_peek_where_nothing_is_mapped_is_unmapped(heap: Heap, command: str) -> None:
    refusal(heap, command, "unmapped")


def test_peek_across_the_end_of_the_heap_is_unmapped(heap: Heap) -> None:
    error = refusal(heap, f"peek {HEAP_END - 8:#x} 16", "unmapped")
    assert error.address == HEAP_END


def test_walk_to_an_address_that_is_not_canonical_is_unmapped(heap: Heap) -> None:
    refusal(heap, "walk 0x800000000000", "unmapped")
    refusal(heap, "walk 0xdeadbeefdeadbeef", "unmapped")


def test_the_rest_of_a_line_runs_after_an_error(either: Heap) -> None:
    answers = either.answers("alloc 8; alloc x; nosuch; alloc 16", 4)
    assert [answer["ok"] for answer in answers] == [True, False, False, True]
    assert [block.size for block in either.blocks()] == [8, 16]
