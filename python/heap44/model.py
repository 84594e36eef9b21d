# SPDX-License-Identifier: MIT
"""What the shell's answers tell, as values. Addresses are ``int``, sizes are bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

JsonObject = dict[str, Any]


def address_of(text: str) -> int:
    """``"0x4444…"`` as a number; anything else in an address's place is an error."""
    if not isinstance(text, str) or not text.startswith("0x"):
        raise ValueError(f"not an address: {text!r}")
    return int(text, 16)


def optional_address(text: str | None) -> int | None:
    """`address_of`, or ``None`` for ``null``."""
    return None if text is None else address_of(text)


@dataclass(frozen=True)
class Block:
    """A block: ``size`` was asked for, ``block_size`` was taken; ``state`` is live or freed."""

    id: int
    name: str | None
    address: int
    size: int
    align: int
    block_size: int
    state: str
    caller: Any

    @classmethod
    def of(cls, data: JsonObject) -> Block:
        fields = ("id", "name", "size", "align", "block_size", "state", "caller")
        return cls(address=address_of(data["address"]), **{key: data[key] for key in fields})

    @property
    def end(self) -> int:
        """The first address behind the block."""
        return self.address + self.block_size


@dataclass(frozen=True)
class Hole:
    """A stretch of free memory; ``next`` is the next hole's address, or ``None`` at the end."""

    address: int
    size: int
    next: int | None


@dataclass(frozen=True)
class Extent:
    """The heap: ``start`` up to ``end``, which is not part of it."""

    start: int
    end: int
    size: int

    @classmethod
    def of(cls, data: JsonObject) -> Extent:
        return cls(address_of(data["start"]), address_of(data["end"]), data["size"])


@dataclass(frozen=True)
class FreeList:
    """The holes in list order, their sum and the largest of them."""

    heap: Extent
    holes: tuple[Hole, ...]
    free: int
    largest: int

    @classmethod
    def of(cls, data: JsonObject) -> FreeList:
        holes = tuple(
            Hole(address_of(hole["address"]), hole["size"], optional_address(hole["next"]))
            for hole in data["holes"]
        )
        return cls(Extent.of(data["heap"]), holes, data["free"], data["largest"])


@dataclass(frozen=True)
class Cell:
    """A stretch of the heap of one kind: block, padding, hole, overhead, guard, unmapped.

    ``changed`` by the last command that changed the heap: no part of what the heap is.
    """

    address: int
    size: int
    kind: str
    id: int | None
    changed: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Node:
    """A node of a design's tree: ``state`` is split, block (then ``id`` is its number) or free."""

    address: int
    size: int
    state: str
    id: int | None


@dataclass(frozen=True)
class HeapMap:
    """The whole heap, cell by cell in address order; ``tree`` only under a design that has one, a
    node before its halves, the left one first."""

    heap: Extent
    cells: tuple[Cell, ...]
    tree: tuple[Node, ...] | None = None

    @classmethod
    def of(cls, data: JsonObject) -> HeapMap:
        cells = tuple(
            Cell(address_of(item["address"]), item["size"], item["kind"], item["id"], item["changed"])
            for item in data["cells"]
        )
        tree = data.get("tree")
        nodes = tree and tuple(
            Node(address_of(node["address"]), node["size"], node["state"], node["id"])
            for node in tree
        )
        return cls(Extent.of(data["heap"]), cells, nodes)


@dataclass(frozen=True)
class Stats:
    """The heap's figures; ``fragmentation`` is 1 - largest/free, 0 when nothing is free."""

    allocator: str
    policy: Any
    size: int
    used: int
    requested: int
    free: int
    largest: int
    holes: int
    live: int
    allocations: int
    frees: int
    failures: int
    peak_used: int
    fragmentation: float

    @classmethod
    def of(cls, data: JsonObject) -> Stats:
        return cls(**{key: data[key] for key in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Check:
    """What a check of the heap found; ``problems`` is empty when ``consistent``.

    ``reused``, under guard-page only: the freed blocks that had to give up their place.
    """

    consistent: bool
    problems: tuple[JsonObject, ...]
    reused: int | None = None


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
class Replay:
    """A trace done again: how many operations, and how many of them came to another address."""

    done: int
    identical: bool
    elsewhere: int
    first_elsewhere: JsonObject | None
    dropped: int

    @classmethod
    def of(cls, data: JsonObject) -> Replay:
        return cls(**{key: data[key] for key in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Place:
    """What stands at an address: ``kind``, in words, and the block it has most to do with."""

    kind: str
    text: str
    block: Block | None
    offset: int | None
    raw: JsonObject

    @classmethod
    def of(cls, data: JsonObject) -> Place:
        block = None if data["block"] is None else Block.of(data["block"])
        return cls(data["kind"], data["text"], block, data["offset"], data)


@dataclass(frozen=True)
class PageWalk:
    """The steps of a page walk, level 4 first; ``physical`` is ``None`` where nothing is mapped."""

    address: int
    levels: tuple[JsonObject, ...]
    physical: int | None


@dataclass(frozen=True)
class Region:
    """A named stretch of virtual memory, ``end`` not included."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Frames:
    """Counts of 4 KiB frames."""

    total: int
    used: int
    free: int


@dataclass(frozen=True)
class Report:
    """What a provoked fault or bug was reported as; ``raw`` is the whole report."""

    code: str
    message: str
    address: int | None
    raw: JsonObject

    @classmethod
    def of(cls, data: JsonObject) -> Report:
        return cls(data["code"], data["message"], optional_address(data.get("address")), data)

    @property
    def block(self) -> Block | None:
        """The block that it is about, as it was then."""
        return None if self.raw["block"] is None else Block.of(self.raw["block"])

    @property
    def offset(self) -> int | None:
        """Where ``address`` lies from the block's start; negative in front of it."""
        return None if self.raw["offset"] is None else int(self.raw["offset"])

    @property
    def size(self) -> int | None:
        """The bytes touched from ``address`` on, where that is known."""
        size: int | None = self.raw.get("size")
        return size

    @property
    def caller(self) -> str | None:
        """The code that did it: ``function+0x12``."""
        caller: str | None = self.raw["caller"]
        return caller

    @property
    def freed_by(self) -> str | None:
        """The code that freed the block, if it is freed."""
        freed_by: str | None = self.raw["freed_by"]
        return freed_by


@dataclass(frozen=True)
class Mishap:
    """A bug committed on purpose: its ``source`` lines and what was reported. ``report`` is
    ``None`` where nothing noticed it; ``note`` then says why. ``blocks_left`` stay allocated."""

    source: tuple[str, ...]
    report: Report | None
    note: str | None
    blocks_left: int
    bytes_left: int

    @classmethod
    def of(cls, data: JsonObject) -> Mishap:
        report = None if data["report"] is None else Report.of(data["report"])
        return cls(
            tuple(data["source"]),
            report,
            data.get("note"),
            data["blocks_left"],
            data["bytes_left"],
        )


@dataclass(frozen=True)
class Repair:
    """What a repair found: ``problems`` as `check` counts them, of which ``holes`` are holes with
    wrong words; ``repaired`` counts them and the other damaged places."""

    problems: int
    holes: int
    repaired: int

    @classmethod
    def of(cls, data: JsonObject) -> Repair:
        return cls(data["problems"], data["holes"], data["repaired"])


@dataclass(frozen=True)
class Policy:
    """How linked-list works: ``fit`` first, next, best or worst; ``order`` address, size or recent;
    ``coalesce`` whether neighbouring holes are joined."""

    fit: str
    order: str
    coalesce: bool

    @classmethod
    def of(cls, data: JsonObject) -> Policy:
        return cls(data["fit"], data["order"], data["coalesce"] == "on")


@dataclass(frozen=True)
class Choice:
    """The design in use, the names of all designs, and its policy: ``None`` where it has none."""

    allocator: str
    available: tuple[str, ...]
    policy: Policy | None

    @classmethod
    def of(cls, data: JsonObject) -> Choice:
        policy = None if data["policy"] is None else Policy.of(data["policy"])
        return cls(data["allocator"], tuple(data["available"]), policy)


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
    """One of `ops`: its text (``"+10"``) and the block, ``None`` where the allocation failed."""

    operation: str
    block: Block | None

    @classmethod
    def of(cls, data: JsonObject) -> Operation:
        block = None if data["block"] is None else Block.of(data["block"])
        return cls(data["operation"], block)


@dataclass(frozen=True)
class RandomRun:
    """What `random` did with ``seed``: counts; ``operations`` is the sum of the other three."""

    seed: int
    operations: int
    allocations: int
    frees: int
    failures: int

    @classmethod
    def of(cls, data: JsonObject) -> RandomRun:
        return cls(**{key: data[key] for key in cls.__dataclass_fields__})


@dataclass(frozen=True)
class BenchResult:
    """What a design came to in a workload: a time, or under W4 a share of the heap. Neither is there
    where the workload does not fit into the heap."""

    design: str
    workload: str
    operations: int
    ns_per_operation: float | None
    payload_percent: float | None

    @classmethod
    def of(cls, data: JsonObject) -> BenchResult:
        return cls(**{key: data[key] for key in cls.__dataclass_fields__})


@dataclass(frozen=True)
class StepsTaken:
    """What `undo` or `redo` did: ``steps`` of them, the ``last`` one's command; ``remaining`` ones
    can follow. ``forgotten`` ones were too old for the journal's ``capacity`` in bytes."""

    steps: int
    remaining: int
    forgotten: int
    capacity: int
    last: str

    @classmethod
    def of(cls, data: JsonObject) -> StepsTaken:
        return cls(**{key: data[key] for key in cls.__dataclass_fields__})


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
            return tuple(Hole(address_of(item["address"]), item["size"], None) for item in data[key])

        return cls(
            blocks("added"),
            blocks("removed"),
            holes("holes_added"),
            holes("holes_removed"),
            data["bytes_changed"],
        )
