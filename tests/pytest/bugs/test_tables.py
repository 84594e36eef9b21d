# SPDX-License-Identifier: MIT
"""The two tables of docs/testing.md: each example is typed, and is told with the code it says."""

from __future__ import annotations

import re
from typing import Any, Iterator

import pytest
from heap44 import Heap
from report_log import CODES, codes_of
from support import ROOT

pytestmark = pytest.mark.expects(*CODES, "out-of-memory")

_CODE = re.compile(r"`([^`]+)`")


def _rows() -> Iterator[tuple[str, str]]:
    """The example and the code of each row, wherever in the row they stand."""
    text = (ROOT / "docs/testing.md").read_text(encoding="utf-8")
    for title, example, code in (
        ("## What is detected", 4, 3),
        ("## What others' suites contain", 2, 3),
    ):
        section = text.split(f"{title}\n", 1)[1].split("\n## ", 1)[0]
        rows = [line.strip("|").split(" | ") for line in section.splitlines() if line[:1] == "|"]
        for row in rows[2:]:
            yield _CODE.findall(row[example])[0], _CODE.findall(row[code])[0]


def _told(answer: dict[str, Any]) -> list[str]:
    """Reports, and what a command is refused with that is no report."""
    error = answer.get("error")
    refused = [error["code"]] if error and error["code"] not in CODES else []
    return [*dict.fromkeys([*refused, *codes_of(answer)])]


@pytest.mark.parametrize(("example", "code"), _rows())
def test_the_example_is_told_with_its_code(heap: Heap, example: str, code: str) -> None:
    answers = heap.answers(example, example.count(";") + 1)
    assert [told for answer in answers for told in _told(answer)] == [code], answers


def test_the_tables_have_all_codes_of_reports() -> None:
    shown = {code for _, code in _rows()}
    assert set(CODES) - shown == {"cpu-fault", "panic"}
