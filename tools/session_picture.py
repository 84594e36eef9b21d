# SPDX-License-Identifier: MIT
"""Draws a session with the shell as an SVG: a terminal's window, in colours.

    tools/session_picture.py PROGRAM PICTURE [LINE...]           draw it
    tools/session_picture.py --check PROGRAM PICTURE [LINE...]   status 1 if it is not up to date

PROGRAM is heap44-host. Without LINEs it is the session of docs/session.svg, which the README shows.
The same lines make the same picture, byte for byte, as long as no answer holds a time.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Iterable

SESSION = (
    "alloc 64 name=buffer",
    "alloc 100 align=64; alloc 10",
    "free buffer",
    "heapmap",
    "free buffer",
    "peek 0x444444440000 24",
    "undo",
)
PROMPT = "heap44> "
COLUMNS = 80

# The characters' height and width: those of the fonts that are asked for, so that all fits where
# `textLength` is not known.
SIZE, WIDTH, ROW = 16, 9.63, 22
MARGIN, BAR = 20, 34
FONTS = "DejaVu Sans Mono, Menlo, Consolas, Liberation Mono, monospace"

WINDOW, TITLE_BAR, PAPER, INK, TITLE = "#30363d", "#21262d", "#0d1117", "#e6edf3", "#9da7b3"
BUTTONS = ("#ff5f57", "#febc2e", "#28c840")
# Black, red, green, yellow, blue, magenta, cyan, white: as they are, and bright.
NORMAL = ("#0d1117", "#ff7b72", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#4fd6df", "#e6edf3")
BRIGHT = ("#8b949e", "#ffa198", "#7ee787", "#f2cc60", "#a5d6ff", "#e2c5ff", "#7fe7ee", "#ffffff")


@dataclass(frozen=True)
class Style:
    """How characters look, as SGR sequences set it; no colour is the terminal's own."""

    ink: str | None = None
    paper: str | None = None
    bold: bool = False
    dim: bool = False
    reverse: bool = False

    def after(self, code: int) -> Style:
        """This style after one number of an SGR sequence."""
        match code:
            case 0:
                return Style()
            case 1:
                return replace(self, bold=True)
            case 2:
                return replace(self, dim=True)
            case 7:
                return replace(self, reverse=True)
            case _ if 30 <= code <= 37:
                return replace(self, ink=NORMAL[code - 30])
            case _ if 40 <= code <= 47:
                return replace(self, paper=NORMAL[code - 40])
            case _ if 90 <= code <= 97:
                return replace(self, ink=BRIGHT[code - 90])
        raise ValueError(f"SGR {code} has no look here")

    def colours(self) -> tuple[str, str]:
        """Of the character, and of what is behind it."""
        ink, paper = self.ink or INK, self.paper or PAPER
        return (paper, ink) if self.reverse else (ink, paper)


Cell = tuple[str, Style]
Line = list[Cell]


def spoken(program: str, lines: tuple[str, ...]) -> str:
    """What the program prints when these lines are typed."""
    typed = "".join(line + "\n" for line in lines)
    asked = [program, "heap44.ansi=on"]
    return subprocess.run(asked, input=typed, check=True, capture_output=True, text=True).stdout


def answers(program: str, lines: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    """Each line with its answer: what is printed with it and not without it."""
    before = spoken(program, ())
    for count, line in enumerate(lines, start=1):
        now = spoken(program, lines[:count])
        if not now.startswith(before):
            raise ValueError(f"the answers before '{line}' are not the same each time")
        yield line, now.removeprefix(before)
        before = now


def styled(text: str) -> list[Line]:
    """Text with SGR sequences as lines of characters, each with its style."""
    lines: list[Line] = [[]]
    style = Style()
    for sequence, character in re.findall(r"\x1b\[([\d;]*)m|(.)", text, re.DOTALL):
        if character == "\n":
            lines.append([])
        elif character:
            if not character.isprintable():
                raise ValueError(f"only SGR sequences can be drawn, not {character!r}")
            lines[-1].append((character, style))
        else:
            for code in sequence.split(";"):
                style = style.after(int(code or 0))
    return lines[:-1] if not lines[-1] else lines


def folded(line: Line) -> Iterable[Line]:
    """The rows of a line: it is folded at a blank where the window ends."""
    while len(line) > COLUMNS:
        blanks = [place for place in range(1, COLUMNS + 1) if line[place][0] == " "]
        end = blanks[-1] if blanks else COLUMNS
        yield line[:end]
        line = line[end + 1 :] if blanks else line[end:]
    yield line


def rows_of(program: str, lines: tuple[str, ...]) -> list[Line]:
    """All rows of the window."""
    prompt, typed = Style(ink=NORMAL[2]), Style(bold=True)
    rows: list[Line] = []
    for line, answer in answers(program, lines):
        asked = [(each, prompt) for each in PROMPT] + [(each, typed) for each in line]
        for each in [asked, *styled(answer)]:
            rows += folded(each)
    return rows + [[(each, prompt) for each in PROMPT] + [(" ", Style(reverse=True))]]


def drawn(row: Line, top: float) -> Iterable[str]:
    """A row as elements: what is behind the characters first."""
    column = 0
    texts = []
    for style, cells in groupby(row, key=lambda cell: cell[1]):
        text = "".join(character for character, _ in cells)
        left, length = MARGIN + column * WIDTH, len(text) * WIDTH
        ink, paper = style.colours()
        if paper != PAPER:
            yield (f'<rect x="{left:.2f}" y="{top:.0f}" width="{length:.2f}" height="{ROW}" '
                   f'fill="{paper}"/>')
        looks = f' fill="{ink}"' if ink != INK else ""
        looks += ' font-weight="bold"' if style.bold else ""
        looks += ' fill-opacity="0.75"' if style.dim else ""
        if text.strip():
            texts.append(f'<text x="{left:.2f}" y="{top + SIZE:.0f}" textLength="{length:.2f}"'
                         f'{looks}>{escape(text)}</text>')
        column += len(text)
    yield from texts


def picture(rows: list[Line]) -> str:
    """The window with these rows."""
    width = 2 * MARGIN + COLUMNS * WIDTH
    height = BAR + MARGIN + len(rows) * ROW + MARGIN / 2
    buttons = [f'<circle cx="{MARGIN + 20 * place}" cy="{BAR / 2:.0f}" r="6" fill="{colour}"/>'
               for place, colour in enumerate(BUTTONS)]
    lines = [element for place, row in enumerate(rows)
             for element in drawn(row, BAR + MARGIN / 2 + place * ROW)]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}">',
        "<title>A session with Heap44</title>",
        f'<rect width="{width:.0f}" height="{height:.0f}" rx="8" fill="{PAPER}" '
        f'stroke="{WINDOW}"/>',
        f'<path d="M0 {BAR} V8 Q0 0 8 0 H{width - 8:.0f} q8 0 8 8 V{BAR} Z" fill="{TITLE_BAR}"/>',
        *buttons,
        f'<text x="{width / 2:.0f}" y="{BAR / 2 + 5:.0f}" text-anchor="middle" fill="{TITLE}" '
        f'font-family="sans-serif" font-size="14">Heap44</text>',
        f'<g font-family="{FONTS}" font-size="{SIZE}" fill="{INK}" xml:space="preserve">',
        *lines,
        "</g>",
        "</svg>",
        "",
    ])


def main() -> int:
    checking = sys.argv[1] == "--check"
    program, name, *lines = sys.argv[2 if checking else 1 :]
    path = Path(name)
    wanted = picture(rows_of(program, tuple(lines) or SESSION))
    if not checking:
        path.write_text(wanted, encoding="utf-8")
        return 0
    is_there = path.exists() and path.read_text(encoding="utf-8") == wanted
    if not is_there:
        print(f"{path}: the picture of a session is not up to date; run 'make docs'")
    return int(not is_there)


if __name__ == "__main__":
    sys.exit(main())
