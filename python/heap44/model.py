# SPDX-License-Identifier: MIT
"""What the shell's answers tell of the heap, as values. Addresses are ``int``, sizes are bytes."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Self

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
class Flat:
    """What has its fields as they stand in the answer."""

    @classmethod
    def of(cls, data: JsonObject) -> Self:
        return cls(**{each.name: data[each.name] for each in fields(cls)})


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
    """A range of free memory; ``next`` is the next hole's address, or ``None`` at the end."""

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
    """A range of the heap of one kind: block, padding, hole, overhead, guard, unmapped.

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
        def cell(item: JsonObject) -> Cell:
            address = address_of(item["address"])
            return Cell(address, item["size"], item["kind"], item["id"], item["changed"])

        cells = tuple(cell(item) for item in data["cells"])
        tree = data.get("tree")
        nodes = tree and tuple(
            Node(address_of(node["address"]), node["size"], node["state"], node["id"])
            for node in tree
        )
        return cls(Extent.of(data["heap"]), cells, nodes)


@dataclass(frozen=True)
class Stats(Flat):
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


@dataclass(frozen=True)
class Check:
    """What a check of the heap found; ``problems`` is empty when ``consistent``.

    ``reused``, under guard-page only: the freed blocks that had to give up their place.
    """

    consistent: bool
    problems: tuple[JsonObject, ...]
    reused: int | None = None


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
class DesignInForce:
    """The design in use, the names of all designs, and its policy and guard (front or behind):
    ``None`` where it has none."""

    allocator: str
    available: tuple[str, ...]
    policy: Policy | None
    guard: str | None = None

    @classmethod
    def of(cls, data: JsonObject) -> DesignInForce:
        policy = None if data["policy"] is None else Policy.of(data["policy"])
        return cls(data["allocator"], tuple(data["available"]), policy, data["guard"])
