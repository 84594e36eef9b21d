# SPDX-License-Identifier: MIT
"""Commands and their answers: sends lines, finds the JSON answer of each by its number."""

from __future__ import annotations

import itertools
import json
from typing import Iterable

from heap44.console import Console
from heap44.errors import error_of
from heap44.model import JsonObject


class Session:
    """One conversation with a shell. Answers are matched by ``seq``: none is lost or doubled.

    Sessions may share a console, if one begins only when the other has all its answers.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self._next_seq: int | None = None
        self._marks = itertools.count(1)

    def command(self, text: str) -> JsonObject:
        """Runs one command; its answer. Raises `Heap44Error` if that is an error."""
        answer = self.answer(text)
        if not answer["ok"]:
            self.console.taken.append(answer["error"]["code"])
            raise error_of(answer)
        return answer

    def provoke(self, text: str) -> JsonObject:
        """`command` for what is reported on purpose: its ``report`` surprises nobody."""
        answer = self.command(text)
        if answer["report"] is not None:
            self.console.taken.append(answer["report"]["code"])
        return answer

    def answer(self, text: str) -> JsonObject:
        """Runs one command; its answer, errors included."""
        self._send(f"{text} --json")
        answer = self.read_answer()
        self._take_prompt()
        return answer

    def answers(self, text: str, count: int) -> list[JsonObject]:
        """Runs a line of ``count`` commands; their answers, errors included."""
        self._send(f"{text} --json")
        found = [self.read_answer() for _ in range(count)]
        self._take_prompt()
        return found

    def pipeline(self, commands: Iterable[str]) -> list[JsonObject]:
        """Runs many commands without waiting in between; an answer for each, errors included."""
        lines = list(commands)
        if not lines:
            return []
        self._send(*(f"{line} --json" for line in lines))
        found = [self.read_answer() for _ in lines]
        self._take_prompt()
        return found

    def text(self, line: str) -> str:
        """Runs a line as a person would; all that it printed, without echo and prompt."""
        if not self.console.prompts:
            raise NotImplementedError("without prompts the end of a text answer cannot be told")
        self._send(line)
        self._next_seq = None
        printed = self.console.read_to_prompt()
        return printed.partition("\n")[2]

    def read_answer(self) -> JsonObject:
        """The next answer; echoes and other lines in front of it are passed over."""
        answer = self.console.read_answer()
        self._check_seq(answer)
        return answer

    def resynchronise(self) -> None:
        """Waits until the shell answers a question asked now, whatever was sent before."""
        mark = f"in-step-{next(self._marks)}"
        self._next_seq = None
        self._send(f"echo {mark} --json")
        while mark not in json.dumps(self.read_answer()):
            self._next_seq = None
        self._take_prompt()

    def _send(self, *lines: str) -> None:
        if self.console.speaker is not self:
            self._next_seq = None  # the shell counted the other session's commands, too
            self.console.speaker = self
        self.console.send("".join(f"{line}\r" for line in lines).encode())

    def _take_prompt(self) -> None:
        if self.console.prompts:
            self.console.read_to_prompt()

    def _check_seq(self, answer: JsonObject) -> None:
        expected, self._next_seq = self._next_seq, answer["seq"] + 1
        if expected is not None and answer["seq"] != expected:
            raise AssertionError(f"answer {expected} expected, got {answer}")
