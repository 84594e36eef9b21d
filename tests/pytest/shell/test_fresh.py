# SPDX-License-Identifier: MIT
"""What the fixtures take back between two tests: whatever was typed, and no more than that."""

from __future__ import annotations

import pytest
from fresh import cleaning
from heap44 import Heap

CHANGES = (
    *("json on", "ansi on", "asan off", "trace on", "failafter 3", "poison off", "allocator tlsf"),
    *("policy fit=best", "allocator buddy; undo; redo", "allocator dummy; reset; json on; undo 2; redo"),
)
# What a trace has recorded is no setting.
OTHERS = ("seq", "records", "dropped", "live_before")
SETTINGS = ("json", "ansi", "live", "asan", "trace", "failafter", "poison", "allocator", "policy")


def settings(heap: Heap) -> list[object]:
    found = heap.pipeline(SETTINGS)
    return [{key: answer[key] for key in answer if key not in OTHERS} for answer in found]


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_line_set_is_set_back(host: Heap, change: str) -> None:
    before = settings(host)
    host.answers(change, change.count(";") + 1)
    assert settings(host) != before
    host.pipeline(cleaning(f"{change}\r".encode()))
    assert settings(host) == before
    assert host.blocks() == [] and host.alloc(8).id == 1


def test_what_sets_nothing_takes_a_reset() -> None:
    assert cleaning(b"alloc 64 --json\rfree #1; heapmap\r") == ["reset"]


@pytest.mark.parametrize("typed", [None, b"al\tloc 8\r", b"\x1b[A\r", b"\xff\r", b"undo\r"])
def test_where_anything_may_have_been_set_all_is_set_back(typed: bytes | None) -> None:
    assert len(cleaning(typed)) == len(SETTINGS) + 1
