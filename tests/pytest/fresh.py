# SPDX-License-Identifier: MIT
"""How to make a used shell as it is after boot, with as few commands as that takes."""

from __future__ import annotations

import re

# A word that changes a setting which outlives a reset, and how to set it back.
_settings = {
    "json": "json off",
    "ansi": "ansi off",
    "live": "live off",
    "asan": "asan on",
    "trace": "trace off",
    "failafter": "failafter off",
    "poison": "poison on",
    "allocator": "allocator linked-list --force",
    "policy": "policy fit=first order=address coalesce=on --force",
}
# These bring a time back in which any of them was set.
_times = {"undo", "redo", "restore", "replay"}
_words = re.compile("|".join([*_settings, *_times]))
# Whoever edits a line, or has it completed or recalled, may have typed any word.
_plain = re.compile(rb"[ -~\r]*")


def cleaning(typed: bytes | None) -> list[str]:
    """Commands that empty the heap and undo what was ``typed`` (`None`: nobody knows) since all was
    as after boot."""
    found: set[str] = set()
    if typed is not None and _plain.fullmatch(typed):
        found.update(_words.findall(typed.decode().replace(" --json\r", "\r")))
    else:
        found.update(_times)
    every = not found.isdisjoint(_times)
    return [undo for word, undo in _settings.items() if every or word in found] + ["reset"]
