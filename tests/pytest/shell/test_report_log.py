# SPDX-License-Identifier: MIT
"""That a report which no test declared is seen, in JSON and in text, whoever reads the answer."""

from __future__ import annotations

import pytest
from heap44 import Heap
from heap44.errors import DoubleFree
from report_log import ReportLog, codes_in


@pytest.mark.expects("overflow", "double-free", "out-of-memory")
def test_what_is_not_taken_is_seen(either: Heap) -> None:
    log = ReportLog(either.console)
    block = either.alloc(13)
    either.poke(block.address + 13, b"\1", force=True)
    assert log.untaken() == [], "a warning in advance is no report"
    either.pipeline([f"free #{block.id}", f"free #{block.id}", "bug overflow", "vectest 99999999"])
    assert log.untaken() == ["double-free", "out-of-memory", "overflow", "overflow"]
    either.answer("lastfault")
    assert len(log.untaken()) == 4, "told once"


def test_what_is_raised_or_returned_is_taken(either: Heap) -> None:
    log = ReportLog(either.console)
    either.free(either.alloc(8))
    with pytest.raises(DoubleFree):
        either.free("#1")
    either.bug("use-after-free")
    either.commit("cycle")
    assert log.untaken() == []


@pytest.mark.expects("leak", "page-fault", "double-free")
def test_text_is_seen_with_and_without_colours(heap: Heap) -> None:
    log = ReportLog(heap.console)
    heap.free(heap.alloc(8))
    heap.text("bug leak")
    assert log.untaken() == ["leak"]
    heap.command("ansi on")
    heap.text("free #1")
    heap.text("fault null")
    assert log.untaken() == ["double-free", "leak", "page-fault"]


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        (
            'heap44> {"ok":true,"seq":1,"command":"free","damage":[{"code":"overflow"}]}',
            ["overflow"],
        ),
        ('{"ok":true,"results":[{"ok":false,"error":{"code":"double-free"}}]}', ["double-free"]),
        ('{"ok":false,"error":{"code":"out-of-memory","blocks_left":0}}', ["out-of-memory"]),
        ('{"ok":true,"command":"maptest","leaked":[{"id":1}]}', ["leak"]),
        ('{"ok":true,"watched":[{"code":"watched"}],"x":{"code":"panic"}}', ["watched", "panic"]),
        ("underflow: 1 byte from", ["underflow"]),
        # What only looks like one.
        ('{"ok":false,"error":{"code":"out-of-memory"}}', []),
        ('{"ok":true,"command":"maptest","leaked":[]}', []),
        ('{"ok":true,"command":"poke","warning":"overflow: 1 byte"}', []),
        ('{"ok":true,"command":"lastfault","report":{"code":"panic"}}', []),
        ("heap44> echo overflow: nothing", []),
        (" overflow: nothing", []),
        ('{"ok":true,', []),
    ],
)
def test_each_form_of_a_line(line: str, codes: list[str]) -> None:
    assert codes_in(line) == codes
