# SPDX-License-Identifier: MIT
"""What came of commands that do many things, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from heap44.model import Block, Flat, Hole, JsonObject, address_of, optional_address


@dataclass(frozen=True)
class Trial:
    """A C++ command: whether it passed, and its steps {label, address or value}."""

    passed: bool
    steps: tuple[JsonObject, ...]

    def value(self, label: str) -> Any:
        """The value, or else the address as a number, of the first step whose label is this."""
        for step in self.steps:
            if step["label"] == label:
                return step["value"] if step.get("value") is not None else int(step["address"], 16)
        raise KeyError(label)


@dataclass(frozen=True)
class Trace:
    """What was recorded. `Heap.trace` with ``show`` fills in ``commands``, which repeat it, and
    ``events``; otherwise they are empty. ``live_before``: blocks that were live when it began."""

    on: bool
    records: int
    dropped: int
    live_before: int
    commands: tuple[str, ...]
    events: tuple[JsonObject, ...]

    @classmethod
    def of(cls, data: JsonObject) -> Trace:
        counts = {key: data[key] for key in ("on", "records", "dropped", "live_before")}
        commands, events = tuple(data.get("commands", ())), tuple(data.get("events", ()))
        return cls(**counts, commands=commands, events=events)


@dataclass(frozen=True)
class Replay(Flat):
    """A trace done again: how many operations, and how many of them came to another address."""

    done: int
    identical: bool
    elsewhere: int
    first_elsewhere: JsonObject | None
    dropped: int


@dataclass(frozen=True)
class VisitedHole:
    """A hole of ``size`` bytes that a search came to, and why it was passed over or taken."""

    address: int
    size: int
    fits: bool
    reason: str


@dataclass(frozen=True)
class Rest:
    """What would be left of the chosen hole: ``size`` bytes at ``address``."""

    address: int
    size: int


@dataclass(frozen=True)
class Search:
    """A search before it is made: the holes in the order of the search, the address where the block
    would be (``None`` if nothing fits), and what would be left of its hole by address."""

    visited: tuple[VisitedHole, ...]
    chosen: int | None
    left: tuple[Rest, ...]

    @classmethod
    def of(cls, data: JsonObject) -> Search:
        visited = tuple(
            VisitedHole(address_of(hole["address"]), hole["size"], hole["fits"], hole["reason"])
            for hole in data["visited"]
        )
        left = tuple(Rest(address_of(rest["address"]), rest["size"]) for rest in data["left"])
        return cls(visited, optional_address(data["chosen"]), left)


@dataclass(frozen=True)
class Operation:
    """One of `ops`: its text (``"+10"``) and the block, ``None`` where the allocation failed.

    ``reason`` says why this one failed: ``no-hole``, ``failafter`` or ``design``.
    """

    operation: str
    block: Block | None
    reason: str | None

    @classmethod
    def of(cls, data: JsonObject) -> Operation:
        block = None if data["block"] is None else Block.of(data["block"])
        return cls(data["operation"], block, data["reason"])


@dataclass(frozen=True)
class RandomRun(Flat):
    """What `random` did with ``seed``: counts; ``operations`` is the sum of the other four.

    ``passed_over``: frees of allocations that had failed.
    """

    seed: int
    operations: int
    allocations: int
    frees: int
    failures: int
    passed_over: int


@dataclass(frozen=True)
class BenchResult(Flat):
    """What a design came to in a workload: a time, or under W4 a share of the heap. Neither is
    there where the workload does not fit into the heap."""

    design: str
    workload: str
    operations: int
    ns_per_operation: float | None
    payload_percent: float | None


@dataclass(frozen=True)
class StepsTaken(Flat):
    """What `undo` or `redo` did: ``steps`` of them, the ``last`` one's command; ``remaining`` ones
    can follow. ``forgotten`` ones were too old for the journal's ``capacity`` in bytes, of which
    all that are there take ``used``."""

    steps: int
    remaining: int
    forgotten: int
    capacity: int
    used: int
    last: str


@dataclass(frozen=True)
class StressRun:
    """What `stress` did with ``seed``. Where it did not pass: the problem {code, address, message},
    and the shortest commands found that lead there on an empty heap."""

    seed: int
    operations: int
    failures: int
    passed: bool
    problem: JsonObject | None
    commands: tuple[str, ...] | None

    @classmethod
    def of(cls, data: JsonObject) -> StressRun:
        fields = ("seed", "operations", "failures", "passed", "problem")
        commands = None if data["commands"] is None else tuple(data["commands"])
        return cls(commands=commands, **{key: data[key] for key in fields})


@dataclass(frozen=True)
class SnapshotUsed:
    """A snapshot taken or gone back to, its live blocks, and the names of all snapshots."""

    name: str
    live: int
    snapshots: tuple[str, ...]

    @classmethod
    def of(cls, data: JsonObject) -> SnapshotUsed:
        return cls(data["name"], data["live"], tuple(data["snapshots"]))


@dataclass(frozen=True)
class Difference:
    """What is different from an earlier state. The holes' ``next`` is not told."""

    added: tuple[Block, ...]
    removed: tuple[Block, ...]
    holes_added: tuple[Hole, ...]
    holes_removed: tuple[Hole, ...]
    bytes_changed: int

    @classmethod
    def of(cls, data: JsonObject) -> Difference:
        def blocks(key: str) -> tuple[Block, ...]:
            return tuple(Block.of(item) for item in data[key])

        def holes(key: str) -> tuple[Hole, ...]:
            items = data[key]
            return tuple(Hole(address_of(item["address"]), item["size"], None) for item in items)

        return cls(
            blocks("added"),
            blocks("removed"),
            holes("holes_added"),
            holes("holes_removed"),
            data["bytes_changed"],
        )
