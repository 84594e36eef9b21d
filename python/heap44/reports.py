# SPDX-License-Identifier: MIT
"""What the shell tells of places in memory, and of what went wrong, as values."""

from __future__ import annotations

from dataclasses import dataclass

from heap44.model import Block, JsonObject, optional_address


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
    """The levels of a page walk, 4 first; ``physical`` is ``None`` where nothing is mapped."""

    address: int
    levels: tuple[JsonObject, ...]
    physical: int | None


@dataclass(frozen=True)
class Region:
    """A named range of virtual memory, ``end`` not included."""

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
    def also(self) -> JsonObject | None:
        """Another block that it may be about: ``code`` (or ``None``), ``block``, ``offset``."""
        also: JsonObject | None = self.raw.get("also")
        return also

    @property
    def size(self) -> int | None:
        """The bytes touched from ``address`` on, where that is known."""
        size: int | None = self.raw.get("size")
        return size

    @property
    def access(self) -> str | None:
        """What was done there: ``read`` or ``write``; ``None`` where it was neither."""
        access: str | None = self.raw["access"]
        return access

    @property
    def caller(self) -> str | None:
        """The code that did it: ``function+0x12``."""
        caller: str | None = self.raw["caller"]
        return caller

    @property
    def allocated_by(self) -> str | None:
        """The code that allocated the block, where there is one."""
        allocated_by: str | None = self.raw["allocated_by"]
        return allocated_by

    @property
    def freed_by(self) -> str | None:
        """The code that freed the block, if it is freed."""
        freed_by: str | None = self.raw["freed_by"]
        return freed_by


@dataclass(frozen=True)
class CommittedBug:
    """A bug committed on purpose: its ``source`` lines and what was reported. ``report`` is
    ``None`` where nothing noticed it; ``note`` then says why. ``blocks_left`` stay allocated."""

    source: tuple[str, ...]
    report: Report | None
    note: str | None
    blocks_left: int
    bytes_left: int

    @classmethod
    def of(cls, data: JsonObject) -> CommittedBug:
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
