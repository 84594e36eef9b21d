# SPDX-License-Identifier: MIT
"""The debug registers: the next write to watched memory is reported, with function and line."""

from __future__ import annotations

import pytest
from code_lines import address_of_symbol, own_lines, split_caller
from first_fit import HEAP_START
from heap44 import Heap
from support import refusal


@pytest.fixture(autouse=True)
def no_watches(heap: Heap) -> None:
    heap.command("watch off")


@pytest.mark.expects("watched")
def test_the_next_write_is_reported_once(heap: Heap) -> None:
    block = heap.zalloc(64)
    heap.watch(block.address)
    answer = heap.command(f"poke {block.address:#x} 2a")
    (report,) = answer["watched"]
    assert (report["code"], report["address"], report["size"]) == (
        "watched",
        f"{block.address:#x}",
        8,
    )
    assert (report["block"]["id"], report["offset"]) == (block.id, 0)
    function, offset, file, line = split_caller(report["caller"])
    start = address_of_symbol(r" heap44::shell::commands::poke\(")
    assert (function, file, line) == ("poke", *own_lines(start + offset - 1)[0])
    assert f"{block.address:#x}" in report["message"] and "poke" in report["message"]
    assert heap.command("watch")["watches"] == []
    assert "watched" not in heap.command(f"poke {block.address:#x} 2b")


@pytest.mark.expects("watched")
def test_a_write_beside_it_is_not_reported(heap: Heap) -> None:
    block = heap.zalloc(64)
    heap.watch(block.address + 8, 1)
    assert "watched" not in heap.command(f"poke {block.address + 7:#x} 11")
    assert "watched" not in heap.command(f"poke {block.address + 9:#x} 11")
    assert "watched" not in heap.command(f"peek {block.address + 8:#x} 1")
    assert len(heap.command(f"poke {block.address + 8:#x} 11")["watched"]) == 1


@pytest.mark.expects("watched")
@pytest.mark.parametrize("size", [1, 2, 4, 8])
def test_each_length_covers_its_last_byte(heap: Heap, size: int) -> None:
    block = heap.zalloc(64)
    heap.watch(block.address + 16, size)
    assert "watched" not in heap.command(f"poke {block.address + 16 + size:#x} 11")
    (report,) = heap.command(f"poke {block.address + 16 + size - 1:#x} 11")["watched"]
    assert report["size"] == size


@pytest.mark.expects("watched")
def test_four_watches_and_no_fifth(heap: Heap) -> None:
    block = heap.zalloc(64)
    for index in range(4):
        heap.watch(block.address + 8 * index)
    refusal(heap, f"watch {block.address + 32:#x}", "bad-argument")
    answer = heap.command("fill #1 77")
    assert sorted(int(report["address"], 16) for report in answer["watched"]) == [
        block.address + 8 * index for index in range(4)
    ]


def test_the_same_watch_again_is_no_other(heap: Heap) -> None:
    address = heap.alloc(64).address
    for _ in range(5):
        heap.command(f"watch {address:#x} 8")
    heap.command(f"watch {address:#x} 4")
    assert len(heap.command("watch")["watches"]) == 2
    heap.command("watch off")


@pytest.mark.expects("watched")
def test_one_hit_leaves_the_others(heap: Heap) -> None:
    block = heap.zalloc(64)
    for index in range(3):
        heap.watch(block.address + 8 * index)
    assert len(heap.command(f"poke {block.address + 8:#x} 01")["watched"]) == 1
    left = [watch["address"] for watch in heap.command("watch")["watches"]]
    assert left == [f"{block.address:#x}", f"{block.address + 16:#x}"]
    assert len(heap.command(f"poke {block.address + 16:#x} 01")["watched"]) == 1


@pytest.mark.expects("watched")
def test_a_watch_survives_a_fault(heap: Heap) -> None:
    block = heap.zalloc(64)
    heap.watch(block.address)
    for name in ("null", "divide", "debug"):
        heap.fault(name)
    assert len(heap.command(f"poke {block.address:#x} 01")["watched"]) == 1


@pytest.mark.expects("watched")
def test_c_plus_plus_code_is_named_with_its_line(heap: Heap) -> None:
    heap.watch(HEAP_START)
    (report,) = heap.command("vectest 10")["watched"]
    assert report["address"] == f"{HEAP_START:#x}"
    function, offset, file, line = split_caller(report["caller"])
    start = address_of_symbol(r" heap44::shell::commands::vectest\(")
    assert (function, file, line) == ("vectest", *own_lines(start + offset - 1)[0])
    assert file == "containers.cpp"


@pytest.mark.expects("watched")
def test_the_text_form_follows_the_answer(heap: Heap) -> None:
    block = heap.zalloc(64)
    heap.watch(block.address)
    lines = heap.text(f"poke {block.address:#x} 2a").splitlines()
    assert lines[0] == f"1 byte written at {block.address:#x}"
    assert lines[1].startswith("watched: 8 bytes at")
    assert any(line.strip().startswith("by ") for line in lines)


def test_an_inner_command_s_report_is_in_its_own_answer(heap: Heap) -> None:
    block = heap.zalloc(64)
    heap.watch(block.address)
    answer = heap.command(f"repeat 2 poke {block.address:#x} 01")
    assert ["watched" in result for result in answer["results"]] == [True, False]
    assert "watched" not in answer


@pytest.mark.parametrize(
    "words, code",
    [
        (f"{HEAP_START + 1:#x} 2", "bad-argument"),
        (f"{HEAP_START + 4:#x} 8", "bad-argument"),
        (f"{HEAP_START:#x} 3", "bad-argument"),
        (f"{HEAP_START:#x} 0", "bad-argument"),
        (f"{HEAP_START:#x} 16", "bad-argument"),
        ("off 3", "bad-argument"),
        ("here", "bad-argument"),
        ("0x10", "unmapped"),
    ],
)
def test_what_cannot_be_watched_is_refused(heap: Heap, words: str, code: str) -> None:
    refusal(heap, f"watch {words}", code)
    assert heap.command("watch")["watches"] == []


def test_the_length_follows_the_alignment(heap: Heap) -> None:
    for offset, size in ((0, 8), (4, 4), (2, 2), (1, 1)):
        heap.watch(HEAP_START + offset)
        assert heap.command("watch")["watches"][-1]["size"] == size
    heap.command("watch off")


def test_the_host_has_no_debug_registers(host: Heap) -> None:
    refusal(host, "watch", "not-supported")


@pytest.mark.expects("watched")
@pytest.mark.parametrize("design", ["linked-list", "indexed", "fixed-size-block", "tlsf"])
def test_a_write_of_the_designs_own_is_told_with_its_function(heap: Heap, design: str) -> None:
    heap.use(design)
    blocks = heap.alloc(64, count=3)
    heap.watch(blocks[1].address)
    # The freed block's place now holds words of the design's.
    (report,) = heap.command("free #2")["watched"]
    function, _, file, line = split_caller(report["caller"])
    assert function.startswith("mm::") and file.endswith(".hpp") and line > 0
    assert f"written to by {function} ({file}:{line})" in report["message"]


LOOKS_BACK = (
    "undo", "undo 2", "redo", "restore s", "diff", "diff s", "why 40", "alloc 64 count=5000",
    "repeat 2 alloc 64 count=5000", "undo; redo",
)  # fmt: skip


@pytest.mark.expects("watched")
@pytest.mark.parametrize("command", LOOKS_BACK)
def test_what_puts_bytes_back_is_no_write(heap: Heap, command: str) -> None:
    """The watch is for the code that writes, so it stays, and reports the next one that does."""
    heap.pipeline(["zalloc 64", "snapshot s", "fill #1 11", "fill #1 22", "alloc 40", "fill #1 33"])
    if command == "redo":
        heap.undo()
    watched = [HEAP_START, HEAP_START + 56, HEAP_START + 64, HEAP_START + 104]
    for address in watched:
        heap.watch(address)
    for answer in heap.answers(command, command.count(";") + 1):
        assert "watched" not in str(answer)
    left = [int(watch["address"], 16) for watch in heap.command("watch")["watches"]]
    assert left == watched
    (report,) = heap.command("poke 0x444444440038 44")["watched"]
    assert report["address"] == "0x444444440038" and "poke" in report["message"]


@pytest.mark.expects("watched")
def test_a_watch_outlives_the_page_that_it_is_on(heap: Heap) -> None:
    """Under guard-page a freed block's page is gone: nobody may read what stood there."""
    heap.use("guard-page")
    one, two = heap.zalloc(64), heap.zalloc(64)
    heap.watch(one.address)
    heap.watch(two.address)
    heap.free(one)
    (report,) = heap.command(f"poke {two.address:#x} 01")["watched"]
    assert report["block"]["id"] == two.id
    heap.undo(2)
    heap.undo(2)
    heap.redo(4)
    assert [watch["address"] for watch in heap.command("watch")["watches"]] == [f"{one.address:#x}"]
