# SPDX-License-Identifier: MIT
"""`compare` as text: the maps in one scale, and how far it is."""

from __future__ import annotations

import re

import pytest
from heap44 import Heap, Machine
from settings import LIVING


def scales(text: str) -> list[tuple[str, int]]:
    """The heaps of which a scale is told, and the scales."""
    line = re.compile(r"^heap (0x\w+) to \w+: a character is (\d+) bytes", re.M)
    return [(start, int(scale)) for start, scale in line.findall(text)]


def test_maps_of_one_heap_have_one_scale(heap: Heap) -> None:
    text = heap.text('compare "alloc 100 count=9"')
    assert scales(text) == [("0x444444440000", 16), ("0x446000000000", 512)]
    # 9 blocks of 104 bytes, of 128 or of 112, in 16 bytes a character.
    rows = re.findall(r"^([a-z-]+)\n(0x444444440000  .*)$", text, re.M)
    assert [name for name, _ in rows] == list(LIVING)
    drawn = dict(rows)
    assert drawn["linked-list"] == drawn["indexed"] == drawn["bump"]
    block = "[#####9#####-"
    assert drawn["linked-list"].split()[1] == block * 4 + "[#####5....."
    assert drawn["fixed-size-block"].split()[1] == "[#####--" * 8
    assert drawn["tlsf"].split()[1] == "[#####-" * 9 + "."


@pytest.mark.parametrize("text", ["", "alloc 8", "random 300", "alloc 60 count=1500; free odd"])
@pytest.mark.parametrize("options", ["", "by=policy"])
def test_each_scale_is_told_once(heap: Heap, text: str, options: str) -> None:
    shown = heap.text(f'compare "{text}" {options}')
    heaps = [start for start, _ in scales(shown)]
    assert heaps == ["0x444444440000", "0x446000000000"][: 1 if options else 2]
    for name in ["first", "next", "best", "worst"] if options else [*LIVING, "guard-page"]:
        assert len(re.findall(rf"^{name}\n0x", shown, re.M)) == 1


def test_a_map_in_the_finest_scale_is_that_of_heapmap(heap: Heap) -> None:
    shown = heap.text('compare "alloc 100 count=3; free #2" by=policy')
    assert scales(shown) == [("0x444444440000", 8)]
    heap.alloc(100, count=3)
    heap.free("#2")
    row = heap.text("heapmap width=64").splitlines()[2]
    assert shown.count(row + "\n") == 4


def test_an_interrupted_comparison_shows_what_it_has(machine: Machine, heap: Heap) -> None:
    machine.console.send(b'compare "alloc 100; repeat 1000000 echo x"\r')
    machine.console.read_to(b"--- linked-list\r\n")
    machine.console.send(b"\x03")
    text = machine.console.read_to_prompt()
    assert "[###########-" in text and text.splitlines()[-1].startswith("interrupted")
    assert "what differs" not in text
    heap.resynchronise()


def test_a_long_one_says_how_far_it_is(machine: Machine, heap: Heap) -> None:
    """On terminals that redraw, on a line that goes again; a line of JSON is left alone."""
    heap.command("ansi on")
    machine.console.send(b"manyboxes 1000000\r")
    machine.console.read_to(b"manyboxes: ")
    assert machine.console.read_to(b" of 1000000").isdigit()
    machine.console.read_to(b"\r\x1b[K")
    machine.console.send(b"\x03")
    heap.resynchronise()
