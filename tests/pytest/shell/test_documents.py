# SPDX-License-Identifier: MIT
"""README and docs: each example in Python runs as it stands, and the session shown is true."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import pytest
from heap44 import Machine
from heap44.console import PROMPT, scaled
from support import COLUMNS, ROOT

README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]

# A fence, its language, and what stands in front of the next fence that is indented alike.
_fenced = re.compile(r"^( *)```([^\s`]*).*?\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Fenced:
    """What stands between two fences, without indentation; ``language`` may be empty."""

    place: str
    language: str
    text: str


def _fenced_on(page: Path) -> list[Fenced]:
    """All that a page has between fences; each ``place`` is the first fence's: ``README.md:68``."""
    text = page.read_text()
    found = []
    for match in _fenced.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        place = f"{page.relative_to(ROOT)}:{line}"
        found.append(Fenced(place, match[2], textwrap.dedent(match[3])))
    return found


EXAMPLES = [each for page in PAGES for each in _fenced_on(page) if each.language == "python"]


def test_each_example_in_python_is_found() -> None:
    starts = re.compile(r"^ *```python", re.MULTILINE)
    assert len(EXAMPLES) == sum(len(starts.findall(page.read_text())) for page in PAGES)
    assert any(each.place.startswith(README.name) for each in EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES, ids=[each.place for each in EXAMPLES])
def test_an_example_in_python_runs_by_itself(example: Fenced) -> None:
    # What it says goes where this test's own output goes, so that a failure's report holds it.
    environment = {**os.environ, "PYTHONPATH": "python"}
    command = [sys.executable, "-c", example.text]
    ended = subprocess.run(command, cwd=ROOT, env=environment, timeout=scaled(60))
    assert ended.returncode == 0, example.text


def _as_shown(said: str) -> list[str]:
    """Lines as a page shows them: folded where a terminal has no more room, at a blank."""
    shown = []
    for line in said.splitlines():
        shown += textwrap.wrap(line, COLUMNS) if len(line) > COLUMNS else [line]
    return shown


def _masked(lines: list[str]) -> list[str]:
    """Without the numbers of source lines, which any change of that file moves."""
    return [re.sub(r"(\.cpp):\d+", r"\1:N", line) for line in lines]


@pytest.mark.expects("double-free")
def test_the_readmes_session_is_what_the_shell_says(boot: Callable[..., Machine]) -> None:
    prompt = PROMPT.decode()
    (session,) = (each for each in _fenced_on(README) if each.text.startswith(prompt))
    heap = boot().heap
    for exchange in session.text.removeprefix(prompt).split(prompt):
        line, *shown = exchange.splitlines()
        if line == "showcase":
            heap.text("reset")  # as the README says below
        assert _masked(_as_shown(heap.text(line))) == _masked(shown), line
