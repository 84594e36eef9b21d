# SPDX-License-Identifier: MIT
"""Reading and writing memory, and what is mapped where."""

from __future__ import annotations

from heap44.commands.words import BlockLike, block_word
from heap44.model import address_of, optional_address
from heap44.reports import Frames, PageWalk, Place, Region
from heap44.session import Session


class MemoryCommands(Session):
    """What reads, writes, watches and explains addresses."""

    def peek(self, address: int, length: int | None = None) -> bytes:
        """Bytes of mapped memory. Raises `Unmapped`."""
        text = f"peek {address:#x}" + ("" if length is None else f" {length}")
        return bytes.fromhex(self.command(text)["bytes"])

    def read(self, place: BlockLike, length: int | None = None, *, offset: int = 0) -> bytes:
        """Bytes from ``offset`` behind a block's start on, or behind an address, read as C++ code
        does; without ``length`` all that is left of the block.

        Raises `Overflow`, `Underflow`, `UseAfterFree` for a read that the checks stop, `PageFault`
        for one that the hardware stops, `Unmapped`.
        """
        words = block_word(place) + (f"+{offset}" if offset else "")
        text = f"read {words}" + ("" if length is None else f" {length}")
        return bytes.fromhex(self.command(text)["bytes"])

    def poke(self, address: int, data: bytes, *, force: bool = False) -> str | None:
        """Writes ``data``; the warning where only ``force`` made that possible.

        Raises `Heap44Error` with the code use-after-free, overflow or underflow for what is not a
        live block's payload.
        """
        words = f"poke {address:#x} {data.hex()}" + (" --force" if force else "")
        warning: str | None = self.command(words)["warning"]
        return warning

    def fill(self, block: BlockLike, byte: int, *, force: bool = False) -> str | None:
        """Fills a block's payload with one byte; the warning as with `poke`."""
        words = f"fill {block_word(block)} {byte:02x}" + (" --force" if force else "")
        warning: str | None = self.command(words)["warning"]
        return warning

    def where(self, address: int) -> Place:
        """What stands at an address."""
        return Place.of(self.command(f"where {address:#x}"))

    def watch(self, address: int, length: int | None = None) -> None:
        """Lets the next write to 1, 2, 4 or 8 bytes be reported with the answer, as ``watched``."""
        self.command(f"watch {address:#x}" + ("" if length is None else f" {length}"))

    def unwatch(self) -> None:
        """Removes all watchpoints."""
        self.command("watch off")

    def walk(self, address: int) -> PageWalk:
        """The page walk for a canonical address. Raises `Unmapped` where it ends nowhere."""
        answer = self.command(f"walk {address:#x}")
        physical = optional_address(answer["physical"])
        return PageWalk(address_of(answer["address"]), tuple(answer["levels"]), physical)

    def memmap(self) -> list[Region]:
        """The regions of virtual memory in use, in address order."""
        return [
            Region(address_of(item["start"]), address_of(item["end"]), item["kind"])
            for item in self.command("memmap")["regions"]
        ]

    def frames(self) -> Frames:
        """Counts of physical frames."""
        answer = self.command("frames")
        return Frames(answer["total"], answer["used"], answer["free"])
