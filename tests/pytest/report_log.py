# SPDX-License-Identifier: MIT
"""Which reports a machine has told of, in whatever form; and which of them a test has declared."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any, Iterator

import pytest
from heap44.console import Console

CODES = (
    *("double-free", "interior-free", "foreign-free", "invalid-free", "wrong-layout", "leak"),
    "wrong-delete",
    *("use-after-free", "overflow", "underflow", "corrupted-heap", "watched"),
    *("page-fault", "cpu-fault", "stack-overflow", "deadlock", "panic"),
)
"""What is a report wherever it stands. Any code is one where it stopped a command in the middle."""

_colour = r"(?:\x1b\[[0-9;]*m)?"
_in_text = re.compile(rf"^{_colour}({'|'.join(CODES)}){_colour}: ")
_in_json = re.compile(r'\{(?:"id":[^,]*,)?"ok":.*\}$')


class ReportLog:
    """What a console has told since this moment, and what was made of it by whoever drives it."""

    def __init__(self, console: Console, *, since_boot: bool = False) -> None:
        self._console = console
        self._start = 0 if since_boot else len(console.transcript_bytes)
        self._taken = Counter[str]() if since_boot else Counter(console.taken)

    def untaken(self) -> list[str]:
        """The codes that nobody was handed as an exception or as what `bug` and `fault` return."""
        text = self._console.transcript_bytes[self._start :].decode("utf-8", "replace")
        codes = Counter(code for line in text.splitlines() for code in codes_in(line))
        return sorted((codes - (Counter(self._console.taken) - self._taken)).elements())

    def unexpected(self, request: pytest.FixtureRequest) -> list[str]:
        """Those of them that the test's marks do not declare."""
        marks = request.node.iter_markers("expects")
        declared = {code for mark in marks for code in mark.args}
        return [code for code in self.untaken() if code not in declared]


def codes_in(line: str) -> list[str]:
    """The codes of the reports in one line that a machine sent."""
    found = _in_json.search(line)
    if found is None:
        said = _in_text.match(line)
        return [said[1]] if said else []
    try:
        answer = json.loads(found[0])
    except ValueError:
        return []
    return list(codes_of(answer))


def codes_of(value: Any) -> Iterator[str]:
    """The codes of the reports in an answer."""
    if isinstance(value, list):
        for item in value:
            yield from codes_of(item)
    if not isinstance(value, dict):
        return
    if value.get("command") == "lastfault":
        return  # that was told before
    code = value.get("code")
    if code in CODES or (isinstance(code, str) and "blocks_left" in value):
        yield code
    if value.get("leaked"):
        yield "leak"
    for key, item in value.items():
        # What the same bytes are from another block's side is no report of its own.
        if key != "also":
            yield from codes_of(item)
