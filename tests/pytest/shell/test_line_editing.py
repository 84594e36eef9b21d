# SPDX-License-Identifier: MIT
"""Keys as a terminal sends them: what reaches the shell is the line as it stood at Enter."""

from __future__ import annotations

from typing import Iterator

import pytest
from heap44 import Heap, Machine
from support import too_wide

LEFT, RIGHT, UP, DOWN = b"\x1b[D", b"\x1b[C", b"\x1b[A", b"\x1b[B"
A, E, G, K, L, R, U, W = (bytes([ord(key) & 31]) for key in "AEGKLRUW")


@pytest.fixture(autouse=True)
def json_session(heap: Heap) -> Iterator[None]:
    """Lines answered in JSON without saying so: keys are then all that a line is made of."""
    heap.command("json on")
    yield
    heap.resynchronise()
    heap.command("json off")


def _size(heap: Heap, keys: bytes) -> int:
    """The size of the block that the typed line allocates."""
    heap.console.send(keys + b"\r")
    answer = heap.read_answer()
    assert answer["ok"], answer
    assert answer["command"] == "alloc"
    return int(answer["blocks"][0]["size"])


@pytest.mark.parametrize(
    ("keys", "size"),
    [
        (b"alloc 12" + LEFT + b"3", 132),
        (b"alloc 12" + LEFT + LEFT + b"3", 312),
        (b"alloc 12" + LEFT + LEFT + RIGHT + b"3", 132),
        (b"alloc 12" + RIGHT + RIGHT + b"3", 123),
        (b"alloc 12\x1bOD3", 132),
        (b"lloc 40\x1b[Ha", 40),
        (b"lloc 40\x1b[1~a", 40),
        (b"lloc 40\x1bOHa", 40),
        (b"lloc 40" + A + b"a", 40),
        (b"lloc 40" + LEFT * 30 + b"a", 40),
        (b"alloc 4\x1b[H\x1b[F1", 41),
        (b"alloc 4\x1b[H\x1b[4~1", 41),
        (b"alloc 4\x1bOH\x1bOF1", 41),
        (b"alloc 4" + A + E + b"1", 41),
        (b"alloc 64junk" + LEFT * 4 + K, 64),
        (b"all this is wrong" + U + b"alloc 24", 24),
        (b"alloc 24 wrong" + W, 24),
        (b"alloc 24 wrong  " + W, 24),
        (b"alloc 24 one two" + W + W, 24),
        (b"alloc 25" + L, 25),
        (b"alloc 258\x7f", 25),
        (b"alloc 258\x08", 25),
        (b"alloc 825" + LEFT * 3 + b"\x1b[3~", 25),
        (b"alloc 25\x1b[3~", 25),
        (b"\x7f\x7f\x08" + LEFT + b"alloc 25", 25),
        (b"alloc 25" + A + K + U + W + b"alloc 26", 26),
        ("alloc 25é".encode() + b"\x7f", 25),
        ("alloc 25€".encode() + b"\x7f", 25),
        ("alloc 25é".encode() + LEFT + b"\x1b[3~", 25),
    ],
)
def test_keys_edit_the_line(heap: Heap, keys: bytes, size: int) -> None:
    assert _size(heap, keys) == size


@pytest.mark.parametrize(
    "keys",
    [
        b"\x1b[1;5P",
        b"\x1b[15~",
        b"\x1b[?25h",
        b"\x1b[200;3R",
        b"\x1bOP",
        b"\x1bO2P",
        b"\x1b[[A",
        b"\x1b[M !1",
        b"\x1b[<0;12;7M",
        b"\x1b(0",
        b"\x1b1",
        b"\x1b]52;c;" + b"1" * 5000 + b"\x1b\\",
        b"\x1b[200~\x1b[D\x1b[201~",
    ],
)
def test_unknown_escape_sequences_leave_nothing_in_the_line(heap: Heap, keys: bytes) -> None:
    assert _size(heap, b"alloc 2" + keys + b"5") == 25


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_a_line_ends_once_with_any_line_end(heap: Heap, end: bytes) -> None:
    heap.command("json off")
    before = len(heap.console.transcript)
    heap.console.send((b"alloc 16" + end) * 3)
    heap.resynchronise()
    prompts = heap.console.transcript[before:].count("heap44> ")
    assert prompts == 4, "one behind each of three lines, one behind the question asked last"
    assert len(heap.blocks()) == 3


def test_up_brings_back_the_line_before(heap: Heap) -> None:
    heap.console.send(b"alloc 31\r")
    heap.read_answer()
    assert _size(heap, UP) == 31
    assert len(heap.blocks()) == 2


def test_up_and_down_walk_through_the_lines(heap: Heap) -> None:
    for size in (31, 32, 33):
        _size(heap, b"alloc %d" % size)
    assert _size(heap, UP * 3 + DOWN) == 32


def test_a_line_from_the_history_can_be_edited(heap: Heap) -> None:
    _size(heap, b"alloc 31")
    assert _size(heap, UP + b"0") == 310
    assert _size(heap, UP * 2) == 31


def test_down_behind_the_newest_brings_back_what_was_being_typed(heap: Heap) -> None:
    _size(heap, b"alloc 31")
    assert _size(heap, b"alloc 5" + UP + DOWN + b"1") == 51


def test_control_r_finds_a_line_by_a_part_of_it(heap: Heap) -> None:
    _size(heap, b"alloc 37")
    heap.command("stats")
    assert _size(heap, R + b"37") == 37


def test_control_r_again_finds_an_older_line(heap: Heap) -> None:
    _size(heap, b"alloc 551 align=8")
    _size(heap, b"alloc 552 align=8")
    assert _size(heap, R + b"alloc 55" + R) == 551


def test_control_g_leaves_a_search_and_the_line_is_as_before(heap: Heap) -> None:
    _size(heap, b"alloc 37")
    assert _size(heap, b"alloc 4" + R + b"37" + G + b"1") == 41
    assert _size(heap, b"alloc 4" + LEFT + R + b"no such line" + G + b"1") == 14


def test_a_search_says_that_nothing_matches(heap: Heap) -> None:
    _size(heap, b"alloc 37")
    heap.console.send(R + b"alloc 37")
    heap.console.read_to(b"(search 'alloc 37') alloc 37")
    heap.console.send(b"z")
    heap.console.read_to(b"(failed search 'alloc 37z') alloc 37")
    heap.console.send(R + b"\x7f")
    heap.console.read_to(b"(search 'alloc 37') alloc 37")
    assert _size(heap, b"") == 37


def test_control_c_ends_a_search(heap: Heap) -> None:
    _size(heap, b"alloc 37")
    heap.console.send(R + b"37\x03")
    assert _size(heap, b"alloc 38") == 38
    assert [block.size for block in heap.blocks()] == [37, 38]


def test_failed_lines_stand_in_the_history_too(heap: Heap) -> None:
    heap.console.send(b"alloc x7\r")
    assert heap.read_answer()["error"]["code"] == "bad-argument"
    assert _size(heap, UP + LEFT + b"\x7f") == 7


def test_a_bracketed_paste_is_typed_text(heap: Heap) -> None:
    assert _size(heap, b"\x1b[200~alloc 40\x1b[201~") == 40


def test_a_bracketed_paste_goes_where_the_cursor_is(heap: Heap) -> None:
    assert _size(heap, b"alloc 12" + LEFT + b"\x1b[200~00\x1b[201~") == 1002


def test_pasted_lines_run_once_each_in_order(heap: Heap) -> None:
    heap.console.send(b"\x1b[200~alloc 40\ralloc 48\r\nalloc 56\x1b[201~\r")
    heap.resynchronise()
    assert [block.size for block in heap.blocks()] == [40, 48, 56]


@pytest.mark.parametrize(
    ("keys", "size"),
    [
        (b"allo\t 64", 64),
        (b"alloc 64 ali\t16", 64),
        (b"alloc 64\t", 64),
        (b"alloc 64 --js\t", 64),
    ],
)
def test_tab_completes_commands_and_options(heap: Heap, keys: bytes, size: int) -> None:
    assert _size(heap, keys) == size


def test_tab_completes_the_name_of_a_block(heap: Heap) -> None:
    heap.alloc(64, name="zebra")
    heap.console.send(b"free zeb\t\r")
    assert heap.read_answer()["freed"][0]["name"] == "zebra"


def test_tab_completes_the_number_of_a_block(heap: Heap) -> None:
    heap.alloc(64)
    heap.console.send(b"free #\t\r")
    assert heap.read_answer()["freed"][0]["id"] == 1


def test_tab_completes_the_align_that_it_was_asked_for(heap: Heap) -> None:
    heap.console.send(b"alloc 8 ali\t64\r")
    assert heap.read_answer()["blocks"][0]["align"] == 64


def test_tab_on_what_is_ambiguous_leaves_the_line_usable(heap: Heap) -> None:
    heap.console.send(b"he\t\tapmap\r")
    assert heap.read_answer()["command"] == "heapmap"


def test_a_second_tab_lists_all_in_rows_of_a_terminal(machine: Machine, heap: Heap) -> None:
    names = [command["name"] for command in heap.command("help")["commands"]]
    begin = machine.console.received
    machine.console.send(b"\t\t")
    heap.resynchronise()
    listed = machine.console.transcript_bytes[begin:].decode().partition("heap44> ")[0]
    assert listed.strip("\a\r\n").split() == names
    assert too_wide(listed.replace("\r", "")) == []
    assert not any(row.endswith(" ") for row in listed.splitlines())


def test_tab_where_nothing_fits_leaves_the_line_alone(heap: Heap) -> None:
    assert _size(heap, b"alloc 6zzz\t\x7f\x7f\x7f4") == 64


def test_control_c_abandons_the_line(heap: Heap) -> None:
    heap.console.send(b"alloc 64\x03alloc 24\r")
    heap.resynchronise()
    assert [block.size for block in heap.blocks()] == [24]


def test_control_c_at_an_empty_prompt_gives_another(heap: Heap) -> None:
    heap.console.send(b"\x03\x03\x03")
    heap.resynchronise()
    assert heap.blocks() == []


def test_control_c_stops_a_running_command(machine: Machine, heap: Heap) -> None:
    machine.console.send(b"repeat 1000000 vectest\r")
    machine.console.read_to(b"vectest\r\n")
    machine.console.send(b"\x03")
    answer = heap.read_answer()
    assert answer["error"]["code"] == "interrupted"
    heap.resynchronise()
    assert heap.alloc(64).size == 64


@pytest.mark.expects("interrupted")
def test_control_c_stops_one_long_command(machine: Machine, heap: Heap) -> None:
    for _ in range(3):
        machine.console.send(b"manyboxes 1000000000\r")
        machine.console.read_to(b"manyboxes 1000000000\r\n")
        machine.console.send(b"\x03")
        assert heap.read_answer()["error"]["code"] == "interrupted"
    heap.resynchronise()
    assert heap.check().consistent


def test_what_is_typed_while_a_command_runs_waits_its_turn(heap: Heap) -> None:
    heap.console.send(b"repeat 50 vectest 100\ralloc 24\ralloc 32\r")
    heap.resynchronise()
    assert [block.size for block in heap.blocks()] == [24, 32]


def test_keys_typed_one_by_one_are_the_same_line(heap: Heap) -> None:
    for key in b"alloc 6" + LEFT + b"1\r":
        heap.console.send(bytes([key]))
    assert heap.read_answer()["blocks"][0]["size"] == 16


def test_the_screen_shows_the_line_as_it_is_typed(heap: Heap) -> None:
    heap.console.send(b"echo visible")
    assert heap.console.read_to(b"visible")
    heap.console.send(b"\r")
