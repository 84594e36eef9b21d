# SPDX-License-Identifier: MIT
"""What a shell sends, taken apart without I/O: bytes go in; prompts, lines and answers come out.

Whoever has the bytes hands them over, in pieces of any size: `heap44.Console` reads them through
pexpect, a program of asyncio gets them from its loop.

    Heap44 0.1.0 …\\r\\n              Line
    heap44>                         Prompt, with its last byte: no line end follows
           alloc 64 --json\\r\\n      Echo: it stands behind a prompt
    {"ok":true,"seq":1,…}\\r\\n       Answer

A boot, a reboot and a panic tell lines like any command, and end with a prompt or not at all.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from heap44.model import JsonObject

PROMPT = b"heap44> "
"""What the shell shows at the start of a line when it waits for a command."""

# The line editor returns to the start of its row before it draws the prompt again.
_prompt_in_front = re.compile(rb"\r*" + re.escape(PROMPT))


@dataclass(frozen=True)
class Prompt:
    """The shell waits for a line."""


@dataclass(frozen=True)
class Line:
    """A line that has ended: its bytes as they came, without its end and the prompt in front."""

    text: bytes


@dataclass(frozen=True)
class Echo(Line):
    """A line behind a prompt: what was typed, as the line editor showed it."""


@dataclass(frozen=True)
class Answer(Line):
    """A line that is an answer in JSON; ``value`` is the object."""

    value: JsonObject


Event = Prompt | Line


class OutputParser:
    """Takes one shell's output apart, from the start of a line on.

    It neither reads nor waits. It keeps the line that has begun, however long that gets.
    """

    def __init__(self) -> None:
        self._line = bytearray()
        self._prompted = False

    @property
    def unfinished(self) -> bytes:
        """What came of the line that has begun; at the end of all input, what was cut off."""
        return bytes(self._line)

    def receive(self, data: bytes) -> list[Event]:
        """The events that end within ``data``, the next bytes of the output, in order.

        The events of a whole output are the same, in whatever pieces it comes. Nothing is raised,
        whatever the bytes are: what is no prompt and no answer is a line.
        """
        events: list[Event] = []
        *ends, begun = data.split(b"\n")
        for end in ends:
            events += self._extend(end)
            events.append(self._end_line())
        return events + self._extend(begun)

    def _extend(self, part: bytes) -> list[Event]:
        """Adds to the line. Its first prompt is told; the editor drew those that follow anew."""
        self._line += part
        told = self._prompted
        while found := _prompt_in_front.match(self._line):
            del self._line[: found.end()]
            self._prompted = True
        return [Prompt()] if self._prompted and not told else []

    def _end_line(self) -> Line:
        text, prompted = bytes(self._line).rstrip(b"\r"), self._prompted
        self._line.clear()
        self._prompted = False
        if prompted:
            return Echo(text)
        value = _answer_in(text)
        return Line(text) if value is None else Answer(text, value)


def _answer_in(text: bytes) -> JsonObject | None:
    if not (text.startswith(b"{") and text.endswith(b"}")):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and "seq" in value else None
