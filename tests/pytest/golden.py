# SPDX-License-Identifier: MIT
"""The golden traces: what to do, and what an exact allocator answers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from heap44 import Heap
from support import ROOT

DIRECTORY = ROOT / "tests" / "golden"
NAMES = sorted(path.stem for path in DIRECTORY.glob("*.trace"))


@dataclass(frozen=True)
class Step:
    """An allocation of ``size``, or a free when ``size`` is ``None``, of the trace's own ``id``."""

    id: int
    size: int | None
    align: int


@dataclass(frozen=True)
class Golden:
    """A trace: its steps, the address of each allocation in order, the holes at the end."""

    steps: tuple[Step, ...]
    addresses: tuple[int | None, ...]
    holes: tuple[tuple[int, int], ...]


def load(name: str) -> Golden:
    """The trace of this name."""
    steps = tuple(_step(line.split()) for line in _lines(f"{name}.trace"))
    lines = [line.split() for line in _lines(f"{name}.expect")]
    addresses = [_address(words[0]) for words in lines if words[0] != "hole"]
    holes = [(int(words[1], 16), int(words[2])) for words in lines if words[0] == "hole"]
    return Golden(steps, tuple(addresses), tuple(holes))


def commands(trace: Golden) -> list[str]:
    """The steps as commands: the number of a block is its place among those that were given."""
    numbers: dict[int, int] = {}
    expected = iter(trace.addresses)
    found = []
    for step in trace.steps:
        if step.size is None:
            found.append(f"free #{numbers[step.id]}")
            continue
        found.append(f"alloc {step.size} align={step.align}")
        if next(expected) is not None:
            numbers[step.id] = len(numbers) + 1
    return found


def places_all(heap: Heap, trace: Golden) -> None:
    """Asserts that a fresh heap answers as the exact allocator does."""
    assert tuple(_replay(commands(trace), heap)) == trace.addresses
    assert tuple((hole.address, hole.size) for hole in heap.freelist().holes) == trace.holes
    assert heap.check().consistent


def _replay(lines: list[str], heap: Heap) -> list[int | None]:
    """The address of each allocation, ``None`` where there was no memory.

    Pasted with many commands in a line and answered in text, which is a third of the bytes; and the
    line as a whole is the step that `undo` could take back, which saves a third of the time.
    """
    pasted, line = "", ""
    for command in [*lines, ""]:
        if len(line) + len(command) > _line_limit or not command:
            pasted, line = f'{pasted}repeat 1 "{line}"\r', ""
        line += f"{command};"
    begin = heap.console.received
    heap.console.send(pasted.encode())
    heap.resynchronise()
    answers = _placed.findall(heap.console.transcript_bytes[begin:].decode())
    return [int(address, 16) if address else None for address in answers]


_line_limit = 1000
_placed = re.compile(r"^(?:#\d+ at (0x\w+)|out-of-memory: )", re.MULTILINE)


def _lines(name: str) -> list[str]:
    return [line for line in (DIRECTORY / name).read_text().splitlines() if line.strip()]


def _step(words: list[str]) -> Step:
    if words[0] == "a":
        return Step(int(words[1]), int(words[2]), int(words[3]))
    return Step(int(words[1]), None, 0)


def _address(word: str) -> int | None:
    return None if word == "null" else int(word, 16)
