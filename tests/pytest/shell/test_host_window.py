# SPDX-License-Identifier: MIT
"""guard-page in heap44-host: the process lives on where the hardware stops a command, as the kernel
does, and the window is memory to write to."""

from __future__ import annotations

import pytest
from address_plan import WINDOW as START
from heap44 import Heap
from heap44.host import HostProgram
from heap44.machine import build_directory
from support import refusal

PAGE = 4096


@pytest.mark.expects("page-fault")
def test_a_use_after_free_is_stopped_by_the_hardware_alone(host: Heap) -> None:
    host.allocator("guard-page")
    host.command("asan off")
    # Twice: what the first one leaves behind must not keep the second from being caught.
    for _ in range(2):
        report = host.command("bug use-after-free")["report"]
        assert report["code"] == "page-fault"
        assert report["message"].startswith(f"write of {report['address']} (byte 0 of #")
        assert "unmapped since a block here was freed" in report["message"]
        assert report["block"]["state"] == "freed" and report["offset"] == 0
        assert int(report["block"]["address"], 16) == int(report["address"], 16)
    assert host.command("bug dangling")["report"]["message"].startswith("read of 0x4460")
    assert host.check().consistent


@pytest.mark.expects("overflow")
def test_what_stays_within_its_pages_is_found_when_they_go(host: Heap) -> None:
    host.allocator("guard-page")
    host.command("asan off")
    # 12 bytes end 4 bytes in front of the guard page, and the number too many goes there.
    answer = host.command("bug overflow")
    assert answer["report"] is None
    (damage,) = answer["damage"]
    assert (damage["code"], damage["offset"], damage["size"]) == ("overflow", 12, 4)
    host.command("poison off")
    assert "damage" not in host.command("bug overflow")


def test_blocks_in_the_window_can_be_written_to_up_to_their_pages_end(host: Heap) -> None:
    host.allocator("guard-page")
    block = host.alloc(5000, name="a")
    host.command("fill a 5a")
    assert host.peek(block.address, 5000) == b"\x5a" * 5000
    host.command(f"poke {block.address:#x} 0102")
    assert host.peek(block.address, 3) == b"\x01\x02\x5a"
    end = START + 2 * PAGE
    answer = host.answer(f"poke {end - 1:#x} 0708 --force")
    assert answer["error"]["code"] == "unmapped" and int(answer["error"]["address"], 16) == end
    host.free(block)
    assert host.answer(f"poke {block.address:#x} 01 --force")["error"]["code"] == "unmapped"


def test_a_program_that_starts_with_guard_page_refuses_to_write_where_no_page_is() -> None:
    program = build_directory() / "heap44-host"
    with HostProgram(program, ["heap44.allocator=guard-page"]) as started:
        heap = Heap(started.console)
        refusal(heap, f"poke {START:#x} 00 --force", "unmapped")
        heap.use("linked-list")
        heap.fill(heap.alloc(64), 0xA5)


def test_the_memory_map_shows_heap_and_window_in_order(host: Heap) -> None:
    regions = host.memmap()
    kinds = [region.kind for region in regions]
    assert kinds == ["heap", "guard page", "heap window", "guard page"]
    assert all(one.end <= other.start for one, other in zip(regions, regions[1:]))
    assert (regions[2].start, regions[2].end) == (START, START + (64 << 20))
    assert host.where(START - 1).text.startswith("guard page before the heap window")
