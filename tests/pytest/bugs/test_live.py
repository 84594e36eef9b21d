# SPDX-License-Identifier: MIT
"""The pinned map, as a terminal shows it: a terminal emulator draws what the kernel sends."""

from __future__ import annotations

import pyte
import pytest
from heap44 import Heap, Machine
from support import refusal


class Terminal:
    """What a person at the serial port sees. Without ``answers`` it never says how large it is."""

    def __init__(self, machine: Machine, rows: int, columns: int, *, answers: bool = True) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.screen.write_process_input = self._answer if answers else lambda data: None
        self._stream = pyte.ByteStream(self.screen)
        self._console = machine.console
        self._fed = machine.console.received
        self._asked = False

    def type(self, text: str, end: str = "\r") -> None:
        """Types text and Enter; everything that came of it is on the screen afterwards."""
        self._console.send((text + end).encode())
        self._settle()
        if self._asked:
            self._settle()

    @property
    def rows(self) -> list[str]:
        return [row.rstrip() for row in self.screen.display]

    @property
    def cursor(self) -> tuple[int, int]:
        return self.screen.cursor.y, self.screen.cursor.x

    def _answer(self, data: str) -> None:
        self._asked = True
        self._console.send(data.encode())

    def _settle(self) -> None:
        # A byte that means nothing rings the bell, when all before it has been dealt with.
        self._console.send(b"\0")
        self._console.read_to(b"\a")
        self._stream.feed(bytes(self._console.transcript_bytes[self._fed :]))
        self._fed = self._console.received


def map_rows(terminal: Terminal) -> list[str]:
    """The rows of the map at the top, without header and figures, which are checked to be there."""
    rows = terminal.rows
    assert rows[0].startswith("linked-list at 0x444444440000: a character is ")
    last = next(index for index, row in enumerate(rows) if " used in " in row)
    assert all(row.startswith("0x4444") for row in rows[1:last])
    assert not any(row.startswith("0x4444") for row in rows[last:])
    return rows[1:last]


def is_at_prompt(terminal: Terminal) -> bool:
    """Whether the cursor stands behind an empty prompt, below the map."""
    row, column = terminal.cursor
    return terminal.rows[row] == "heap44>" and column == 8 and row > len(map_rows(terminal)) + 1


SIZES = [(24, 80), (30, 100), (50, 132), (24, 200)]


@pytest.mark.parametrize(("rows", "columns"), SIZES)
def test_the_map_stands_still_while_commands_run(machine: Machine, rows: int, columns: int) -> None:
    terminal = Terminal(machine, rows, columns)
    terminal.type("ansi on")
    terminal.type("live on")
    height = len(map_rows(terminal))
    assert is_at_prompt(terminal)
    for number in range(1, rows + 10):
        terminal.type(f"alloc {500 + number}")
        assert len(map_rows(terminal)) == height and is_at_prompt(terminal)
    assert f"in {number} blocks" in terminal.rows[height + 1]
    used = "".join(row[16:] for row in map_rows(terminal))
    assert used.rstrip(".").count(".") == 0 and "." in used
    terminal.type("free all")
    assert set("".join(row[16:] for row in map_rows(terminal))) == {"."}
    row, _ = terminal.cursor
    assert row == rows - 1 and "blocks, " in terminal.rows[row - 1]


def test_a_larger_terminal_gets_a_larger_map(machine: Machine) -> None:
    heights = []
    for rows, columns in ((24, 80), (60, 80)):
        terminal = Terminal(machine, rows, columns)
        terminal.type("ansi on")
        terminal.type("live on")
        heights.append(len(map_rows(terminal)))
        terminal.type("ansi off")
    assert heights == [7, 13]


def test_without_an_answer_it_is_24_rows_of_80(machine: Machine) -> None:
    terminal = Terminal(machine, 60, 132, answers=False)
    terminal.type("ansi on")
    terminal.type("live on")
    assert len(map_rows(terminal)) == 7
    assert {len(row) for row in map_rows(terminal)[:-1]} == {80}
    for _ in range(70):
        terminal.type("alloc 8")
    assert is_at_prompt(terminal) and len(map_rows(terminal)) == 7


@pytest.mark.parametrize("filled", [0, 3, 40])
@pytest.mark.parametrize("rows", [24, 50])
@pytest.mark.parametrize("end", ["live off", "ansi off"])
def test_it_gives_the_screen_back(machine: Machine, end: str, rows: int, filled: int) -> None:
    terminal = Terminal(machine, rows, 80)
    terminal.type("ansi on")
    for number in range(filled):
        terminal.type(f"echo line {number}")
    before = [row for row in terminal.rows if row.startswith("line")]
    terminal.type("live on")
    terminal.type(end)
    after = terminal.rows
    assert not any(" used in " in row or row.startswith("0x4444") for row in after)
    assert terminal.screen.margins in (None, (0, rows - 1))
    kept = [row for row in after if row.startswith("line")]
    assert kept == before[len(before) - len(kept) :] and len(kept) >= min(filled, 4)
    row, column = terminal.cursor
    assert (after[row], column) == ("heap44>", 8)
    for number in range(rows):
        terminal.type(f"echo more {number}")
    assert terminal.rows[0].startswith(("more", "heap44> echo more"))


def test_the_terminals_answer_never_shows(machine: Machine, heap: Heap) -> None:
    terminal = Terminal(machine, 40, 100)
    terminal.type("ansi on")
    terminal.type("live on")
    terminal.type("al\x1b[40;100Rloc 64 name=x")
    assert heap.block("x").size == 64
    assert not any("40;100" in row for row in terminal.rows)


@pytest.mark.parametrize("sequence", ["\x1b[1;2R", "\x1b[0;0R", "\x1b[R", "\x1b[9999999;99999999R"])
def test_an_answer_that_is_none_changes_nothing(machine: Machine, sequence: str) -> None:
    terminal = Terminal(machine, 24, 80)
    terminal.type("ansi on")
    terminal.type("live on")
    before = terminal.rows
    terminal.type(sequence, end="")
    assert terminal.rows == before and is_at_prompt(terminal)


def test_editing_and_clearing_leave_the_map_alone(machine: Machine, heap: Heap) -> None:
    terminal = Terminal(machine, 24, 80)
    terminal.type("ansi on")
    terminal.type("live on")
    for _ in range(20):
        terminal.type("stats")
    rows = map_rows(terminal)
    terminal.type("\x0c", end="")
    assert map_rows(terminal) == rows and is_at_prompt(terminal)
    assert terminal.cursor[0] == len(rows) + 2
    terminal.type("allox\x7fc 64\x1b[D\x1b[D1 name=" + "n" * 31, end="")
    assert map_rows(terminal) == rows
    terminal.type("\x15echo " + "long " * 40, end="")
    assert map_rows(terminal) == rows and terminal.cursor[0] == len(rows) + 2
    terminal.type("\x03alloc 64")
    assert is_at_prompt(terminal) and heap.blocks()[0].size == 64


def test_what_the_last_command_changed_is_reversed(machine: Machine) -> None:
    terminal = Terminal(machine, 24, 80)
    for line in ("ansi on", "live on", "alloc 2048", "alloc 1024"):
        terminal.type(line)
    row = terminal.screen.buffer[1]
    reversed_cells = [row[16 + index].reverse for index in range(14)]
    assert reversed_cells == [False] * 8 + [True] * 4 + [False] * 2
    terminal.type("stats")
    assert row[24].reverse, "looking is no change"


def test_answers_in_json_stay_lines_of_their_own(machine: Machine, heap: Heap) -> None:
    terminal = Terminal(machine, 24, 80)
    terminal.type("ansi on")
    terminal.type("live on")
    assert [heap.alloc(100).id for _ in range(3)] == [1, 2, 3]
    assert heap.answer("repeat 5 alloc 8")["runs"] == 5
    assert len(heap.pipeline(["alloc 8"] * 20)) == 20


def test_repeat_draws_while_it_runs_and_ends_right(machine: Machine) -> None:
    terminal = Terminal(machine, 24, 80)
    terminal.type("ansi on")
    terminal.type("live on")
    terminal.type("repeat 300 alloc 64")
    assert is_at_prompt(terminal) and "in 300 blocks" in terminal.rows[8]


def test_it_needs_a_terminal_that_can_redraw(either: Heap) -> None:
    error = refusal(either, "live on", "not-supported")
    assert "ansi on" in error.answer["error"]["hint"]
    assert either.command("live")["on"] is False
    assert either.command("live off")["on"] is False
    refusal(either, "live maybe", "bad-argument")


def test_poweroff_gives_the_screen_back(boot: object) -> None:
    machine = boot(options='heap44.ansi=on heap44.run="live on"')  # type: ignore[operator]
    terminal = Terminal(machine, 24, 80)
    terminal.type("")
    machine.console.send_line("poweroff")
    assert machine.wait_for_end() == 0
    assert machine.transcript.rindex("\x1b[r") > machine.transcript.rindex("shutting down")
