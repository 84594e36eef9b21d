# SPDX-License-Identifier: MIT
"""What the shell's answers tell, as values. Addresses are ``int``, sizes are bytes."""

from __future__ import annotations

from dataclasses import dataclass
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
    """A stretch of the heap of one kind: block, padding, hole or overhead."""

    address: int
    size: int
    kind: str
    id: int | None


@dataclass(frozen=True)
class HeapMap:
    """The whole heap, cell by cell in address order."""

    heap: Extent
    cells: tuple[Cell, ...]

    @classmethod
    def of(cls, data: JsonObject) -> HeapMap:
        cells = tuple(
            Cell(address_of(cell["address"]), cell["size"], cell["kind"], cell["id"])
            for cell in data["cells"]
        )
        return cls(Extent.of(data["heap"]), cells)


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
    """What a check of the heap found; ``problems`` is empty when ``consistent``."""

    consistent: bool
    problems: tuple[JsonObject, ...]


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
