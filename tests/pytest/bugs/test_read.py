# SPDX-License-Identifier: MIT
"""`read`: what C++ code may read it shows, and every other read is stopped and named."""

from __future__ import annotations

from typing import Any, Callable

import pytest
from first_fit import HEAP_START
from heap44 import Heap, Machine
from heap44.errors import Overflow, PageFault, Underflow, Unmapped, UseAfterFree
from support import HEAP_END, refusal

WINDOW = 0x4460_0000_0000
PAGE = 4096


def _stopped(heap: Heap, command: str) -> dict[str, Any]:
    """The report of a read that is stopped: of a read, by `read`, and nothing has changed."""
    answer = heap.answer(command)
    assert not answer["ok"], answer
    report: dict[str, Any] = answer["error"]
    assert report["access"] == "read"
    assert report["message"].startswith("read of ")
    assert (report["blocks_left"], report["bytes_left"]) == (0, 0)
    return report


# --- what may be read ---


def test_a_whole_block_is_read(either: Heap) -> None:
    block = either.zalloc(20, name="vec")
    either.poke(block.address, b"0123456789abcdefghij")
    for word in ("vec", "#1", f"{block.address:#x}"):
        assert either.read(word) == b"0123456789abcdefghij"
    assert either.read(block) == either.read(block.address) == either.read("vec")
    assert either.read("vec", offset=15) == b"fghij"
    assert either.read("vec", 4, offset=0x10) == b"ghij"
    assert either.read(block.address + 4, 3, offset=2) == b"678"
    answer = either.command("read vec+2 3")
    assert (answer["address"], answer["bytes"]) == (f"{block.address + 2:#x}", "323334")


def test_text_shows_the_bytes_as_peek_does(heap: Heap) -> None:
    block = heap.zalloc(20)
    assert heap.text("read #1+8 8") == heap.text(f"peek {block.address + 8:#x} 8")


def test_a_block_larger_than_any_copy_is_read_whole(either: Heap) -> None:
    block = either.zalloc(10_000)
    either.poke(block.address + 9_999, b"\x07")
    assert either.read(block) == bytes(9_999) + b"\x07"


def test_memory_that_is_not_the_heaps_is_nobodys_business(heap: Heap) -> None:
    text = next(region for region in heap.memmap() if region.kind == "kernel text")
    assert heap.read(text.start, 16) == heap.peek(text.start, 16)


# --- what is stopped ---


@pytest.mark.expects("overflow")
def test_a_read_that_runs_out_of_a_block_is_an_overflow_of_it(either: Heap) -> None:
    block = either.alloc(13)
    either.alloc(16)
    report = _stopped(either, "read #1+10 5")
    assert (report["code"], report["block"]["id"]) == ("overflow", 1)
    assert (report["address"], report["size"]) == (f"{block.address + 10:#x}", 5)
    assert report["offset"] == 10
    assert "reaching 2 bytes past #1 (13 bytes at 0x" in report["message"]
    assert report["caller"].startswith("read+0x")


@pytest.mark.expects("overflow", "use-after-free")
@pytest.mark.parametrize(
    ("distance", "code"), [(0, "overflow"), (15, "overflow"), (16, "use-after-free")]
)
def test_behind_a_block_the_codes_are_those_of_a_write(
    either: Heap, distance: int, code: str
) -> None:
    block = either.alloc(64)
    report = _stopped(either, f"read #1+{64 + distance}")
    assert (report["code"], report["size"]) == (code, 1)
    assert report["address"] == f"{block.address + 64 + distance:#x}"
    assert refusal(either, f"poke {report['address']} 00", code).details["access"] == "write"


@pytest.mark.expects("underflow")
def test_a_read_in_front_of_a_block_is_an_underflow_of_it(either: Heap) -> None:
    either.alloc(9)
    block = either.alloc(16)
    report = _stopped(either, f"read {block.address - 1:#x} 3")
    assert (report["code"], report["block"]["id"], report["offset"]) == ("underflow", 2, -1)
    assert report["size"] == 3


@pytest.mark.expects("use-after-free")
def test_a_read_of_a_freed_block_names_who_freed_it(either: Heap) -> None:
    block = either.alloc(64, name="gone")
    either.alloc(16)
    either.free(block)
    for word, offset, size in (("gone", 0, 64), ("#1+60", 60, 4), ("#1+8 4", 8, 4)):
        report = _stopped(either, f"read {word}")
        assert (report["code"], report["block"]["id"]) == ("use-after-free", 1)
        assert (report["block"]["state"], report["offset"]) == ("freed", offset)
        assert report["size"] == size
        assert report["freed_by"].startswith("free")


def test_the_client_raises_what_the_read_was(either: Heap) -> None:
    block, _ = either.alloc(16), either.alloc(16)
    with pytest.raises(Overflow):
        either.read(block, 17)
    either.free(block)
    with pytest.raises(UseAfterFree):
        either.read(block)
    with pytest.raises(Underflow):
        either.read(block.end - 1, 2)
    assert either.lastfault() is not None and either.check().consistent


@pytest.mark.parametrize("design", ["bump", "indexed", "fixed-size-block", "buddy", "tlsf"])
def test_every_design_has_its_reads_judged(either: Heap, design: str) -> None:
    either.use(design)
    block, _ = either.zalloc(20), either.alloc(16)
    assert either.read(block) == bytes(20)
    with pytest.raises(Overflow) as raised:
        either.read(block, 1, offset=20)
    assert raised.value.address == block.address + 20
    either.free(block)
    with pytest.raises(UseAfterFree):
        either.read(block, 1, offset=19)


# --- where nobody checks ---


def test_where_nobody_checks_the_read_happens(either: Heap) -> None:
    block, neighbour = either.zalloc(16), either.zalloc(16)
    either.poke(neighbour.address, b"secret")
    either.asan(False)
    assert either.read(block, 22) == bytes(16) + b"secret"
    either.free(neighbour)
    assert either.read(neighbour, 1) is not None


def test_under_guard_page_the_hardware_stops_what_nobody_checks(either: Heap) -> None:
    either.use("guard-page")
    block = either.zalloc(20)
    with pytest.raises(Overflow):
        either.read(block, 21)
    either.asan(False)
    assert either.read(block, 24)[:20] == bytes(20), "the padding can be read"
    with pytest.raises(PageFault) as raised:
        either.read(block, 25)
    details = raised.value.details
    assert (raised.value.address, details["access"]) == (WINDOW + PAGE, "read")
    assert (details["block"]["id"], details["offset"]) == (1, 24)
    either.free(block)
    with pytest.raises(PageFault) as raised:
        either.read(block)
    assert raised.value.details["block"]["state"] == "freed"


# --- what is refused ---


@pytest.mark.parametrize("address", [0, 0x1000, HEAP_END, 0xDEAD_0000_0000_0000])
def test_memory_that_is_not_there_cannot_be_read(either: Heap, address: int) -> None:
    assert refusal(either, f"read {address:#x}", "unmapped").address == address


def test_what_begins_far_in_front_of_the_heap_is_no_read_of_it(either: Heap) -> None:
    """Even if it would come to the heap: it does not come so far."""
    far = HEAP_START - 2 * PAGE
    assert refusal(either, f"read {far:#x} {4 * PAGE}", "unmapped").address == far


def test_over_the_heaps_end_goes_nothing_either(either: Heap) -> None:
    either.asan(False)
    with pytest.raises(Unmapped) as raised:
        either.read(HEAP_END - 2, 3)
    assert raised.value.address == HEAP_END
    assert len(either.read(HEAP_END - 2, 2)) == 2


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("#9", "no-such-block"),
        ("nobody+1", "no-such-block"),
        ("#1+", "bad-argument"),
        ("#1+x", "bad-argument"),
        ("#1+-1", "bad-argument"),
        ("+4", "bad-argument"),
        ("0xzz", "bad-argument"),
        ("#1 0", "bad-argument"),
        ("#1 17M", "bad-argument"),
        ("#1 1 2", "bad-argument"),
        ("#1+18446744073709551615", "bad-argument"),
        ("0xffffffffffffffff+1", "bad-argument"),
    ],
)
def test_words_that_name_no_place_are_refused(either: Heap, words: str, code: str) -> None:
    either.alloc(16)
    refusal(either, f"read {words}", code)


@pytest.mark.expects("overflow", "panic")
def test_a_halted_heap_can_still_be_read(boot: Callable[..., Machine]) -> None:
    """A read that is stopped is a panic like any other of C++ code's."""
    heap = Heap(boot(options="heap44.panic=halt").console)
    block = heap.zalloc(16)
    with pytest.raises(Overflow):
        heap.read(block, 17)
    assert heap.read(block) == bytes(16)
    assert heap.answer("alloc 8")["error"]["code"] == "panic"


# --- reports say what was done ---


@pytest.mark.parametrize(
    ("name", "access"),
    [
        ("overflow", "write"),
        ("underflow", "write"),
        ("use-after-free", "write"),
        ("dangling", "read"),
        ("corrupt-list", "write"),
        ("leak", None),
        ("double-free", None),
        ("deadlock", None),
    ],
)
def test_a_report_says_whether_it_was_a_read(either: Heap, name: str, access: str | None) -> None:
    report = either.bug(name)
    assert report.access == access
    assert access is None or name == "corrupt-list" or report.message.startswith(f"{access} of ")


@pytest.mark.parametrize(
    ("name", "access"),
    [
        ("null", "read"),
        ("read-only", "write"),
        ("guard", "write"),
        ("execute", None),
        ("divide", None),
    ],
)
def test_a_fault_says_whether_it_was_a_read(heap: Heap, name: str, access: str | None) -> None:
    assert heap.fault(name).access == access


@pytest.mark.expects("overflow", "watched")
def test_damage_and_watched_writes_are_writes(heap: Heap) -> None:
    block = heap.alloc(13)
    heap.watch(HEAP_START, 1)
    answer = heap.command(f"poke {HEAP_START:#x} 01")
    assert [report["access"] for report in answer["watched"]] == ["write"]
    heap.poke(block.address + 13, b"\x01", force=True)
    answer = heap.command("free #1")
    assert [report["access"] for report in answer["damage"]] == ["write"]
