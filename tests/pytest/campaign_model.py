# SPDX-License-Identifier: MIT
"""What a campaign knows of a heap by itself: its blocks, gaps and words, and whose a byte is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterator

from heap44 import Block, Heap, Machine
from support import records

PAGE = 4096
PATTERN = 0xF5
NEAR = 16
NEIGHBOURHOOD = 256
LISTS = ("linked-list", "indexed")


@dataclass(frozen=True, repr=False)
class Image:
    """The heap's bytes and its records, read from outside."""

    memory: tuple[tuple[int, bytes], ...]
    records: bytes

    @classmethod
    def of(cls, machine: Machine, model: Model) -> Image:
        start, end = model.start, model.end
        if model.design == "guard-page":
            memory = tuple(_window_pages(machine, start, end))
        else:
            memory = ((start, machine.read_memory(start, end - start)),)
        return cls(memory, records(machine, model.heap))


@dataclass(frozen=True)
class Word:
    """A word of the design's own in a hole."""

    hole: int
    field: str
    address: int
    size: int
    value: int


@dataclass(frozen=True)
class Verdict:
    """What bytes that were changed, or are to be, are called."""

    code: str
    block: int | None
    offset: int | None


@dataclass(frozen=True)
class Gap:
    """Memory that is no block's payload, between two live blocks: its padding comes first."""

    start: int
    end: int
    below: Block | None
    above: Block | None


class Model:
    """The heap after a history that was traced from its beginning."""

    def __init__(self, machine: Machine, heap: Heap) -> None:
        self.heap = heap
        self.design = heap.stats().allocator
        self.live = heap.blocks()
        free = heap.freelist()
        self.start, self.end, self.holes = free.heap.start, free.heap.end, free.holes
        self.freed = list(_freed_places(self.design, heap))
        """Those freed first come first; among them the places that a realloc has left."""
        # Read before anything is broken.
        self._pages = dict[int, bytes]()
        self._memory = b""
        if self.design == "guard-page":
            self._pages |= _window_pages(machine, self.start, self.end)
        else:
            self._memory = machine.read_memory(self.start, self.end - self.start)
        self.words = [word for hole in self.holes for word in self._words(hole.address, hole.size)]

    def byte(self, address: int, size: int = 1) -> bytes:
        if self._pages:
            # A block's own pages: one after the other.
            first = address // PAGE * PAGE
            pages = range(first, address + size, PAGE)
            held = b"".join(self._pages[page] for page in pages)
            return held[address - first :][:size]
        return self._memory[address - self.start : address - self.start + size]

    def is_word(self, address: int) -> bool:
        return any(word.address <= address < word.address + word.size for word in self.words)

    def gaps(self) -> list[Gap]:
        """All of them that are not empty, by address."""
        edges: list[Block | None] = [None, *self.live, None]
        found = []
        for block in self.live if self._pages else ():
            # In a window each block has its own pages, and nothing lies between them.
            pages = block.address // PAGE * PAGE, -(-block.end // PAGE) * PAGE
            found += [
                Gap(pages[0], block.address, None, block),
                Gap(block.address + block.size, pages[1], block, None),
            ]
        if self._pages:
            return [gap for gap in found if gap.start < gap.end]
        for below, above in zip(edges, edges[1:]):
            start = self.start if below is None else below.address + below.size
            end = self.end if above is None else above.address
            if start < end:
                found.append(Gap(start, end, below, above))
        return found

    def live_around(self, address: int) -> Block | None:
        return next((b for b in self.live if b.address <= address < b.end), None)

    def freed_around(self, address: int) -> Block | None:
        """The block that was freed there last."""
        return next((b for b in reversed(self.freed) if b.address <= address < b.end), None)

    def nearest(self, address: int) -> Block | None:
        """The nearest live block, if the address is in its neighbourhood."""

        def distance(block: Block) -> int:
            # An end and a start equally far away: the start.
            behind = address >= block.end
            return 2 * (address - block.end) + 1 if behind else 2 * (block.address - address)

        near = min(self.live, key=distance, default=None)
        return near if near and distance(near) < 2 * NEIGHBOURHOOD + 1 else None

    def named(self, first: int, last: int) -> Verdict:
        """What `check` calls a change of these bytes, none of which is payload or a word."""
        above = next((block for block in self.live if block.address == last + 1), None)
        padded = self.live_around(first)
        if padded is not None:
            starts_behind = first == padded.address + padded.size
            if above is not None and not starts_behind:
                return verdict_on("underflow", above, first)
            return verdict_on("overflow", padded, first)
        freed = self.freed_around(first)
        if freed is not None and freed.address == first:
            return verdict_on("use-after-free", freed, first)
        if above is not None:
            return verdict_on("underflow", above, first)
        below = next((block for block in self.live if block.end == first), None)
        if below is not None:
            return verdict_on("overflow", below, first)
        if freed is not None:
            return verdict_on("use-after-free", freed, first)
        return self._beside(first)

    def refusal(self, address: int, size: int) -> Verdict | None:
        """What `poke` calls a write there, and where: nothing if it is right."""
        block = self.live_around(address)
        if block is not None and address < block.address + block.size:
            if address + size <= block.address + block.size:
                return None
            return verdict_on("overflow", block, block.address + block.size)
        if block is not None:
            return verdict_on("overflow", block, address)
        freed = self.freed_around(address)
        if freed is not None:
            return verdict_on("use-after-free", freed, address)
        return self._beside(address)

    def _beside(self, address: int) -> Verdict:
        """What a write is called that begins in memory that was no block's."""
        near = self.nearest(address)
        if near is not None and 0 <= address - near.end < NEAR:
            return verdict_on("overflow", near, address)
        if near is not None and 0 < near.address - address <= NEAR:
            return verdict_on("underflow", near, address)
        return Verdict("use-after-free", None, None)

    def free_of(self, address: int) -> Verdict | None:
        """What `free` calls a free of this address, or nothing if a live block starts there."""
        if not self.start <= address < self.end:
            near = self.nearest(address)
            return verdict_on("foreign-free", near, address)
        block = self.live_around(address)
        if block is not None:
            return None if block.address == address else verdict_on("interior-free", block, address)
        latest = next((b for b in reversed(self.freed) if b.address == address), None)
        if latest is not None:
            return verdict_on("double-free", latest, address)
        beside = self.freed_around(address) or self.nearest(address)
        return verdict_on("invalid-free", beside, address)

    def _words(self, hole: int, size: int) -> Iterator[Word]:
        def word(field: str, address: int, length: int) -> Word:
            value = int.from_bytes(self.byte(address, length), "little")
            return Word(hole, field, address, length, value)

        if self.design == "tlsf":
            yield word("size (in granules)", hole, 4)
            yield word("next (a granule)", hole + 4, 4)
            yield word("previous (a granule)", hole + 8, 4)
            yield word("size at its end", hole + size - 4, 4)
        elif self.design == "fixed-size-block" and self.byte(hole + 8, 8) == bytes([PATTERN] * 8):
            yield word("next", hole, 8)  # a free block of a class, which has nothing else
        elif self.design in (*LISTS, "fixed-size-block"):
            yield word("size", hole, 8)
            yield word("next", hole + 8, 8)


def _window_pages(machine: Machine, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    for page in machine.page_tables().within(start, end):
        yield page.virtual, machine.read_memory(page.virtual, PAGE)


def verdict_on(code: str, block: Block | None, address: int) -> Verdict:
    return Verdict(code, None, None) if block is None else Verdict(
        code, block.id, address - block.address
    )


def _freed_places(design: str, heap: Heap) -> Iterator[Block]:
    """From the trace, which does not tell what a block took."""
    trace = heap.trace("show")
    if trace.dropped or trace.live_before:
        raise ValueError("the trace has lost its beginning")
    places: dict[int, dict[str, Any]] = {}
    for event in trace.events:
        old = places.get(event["id"])
        if event["event"] == "realloc" and old is not None and old["address"] != event["address"]:
            yield _place(design, old)
        if event["event"] == "free":
            yield _place(design, places.pop(event["id"]))
        elif event["event"] != "reset":
            places[event["id"]] = event


def _place(design: str, event: dict[str, Any]) -> Block:
    size, align = event["size"], event["align"]
    address = int(event["address"], 16)
    took = taken(design, size, align)
    return Block(event["id"], event["name"], address, size, align, took, "freed", None)


def taken(design: str, size: int, align: int) -> int:
    """What a block takes."""
    if design == "guard-page":
        return -(-max(size, 1) // align) * align
    if design == "buddy":
        return 1 << (max(size, align, 16) - 1).bit_length()
    if design == "fixed-size-block" and max(size, align) <= 2048:
        size = 1 << (max(size, align, 16) - 1).bit_length()
    unit = 16 if design == "tlsf" else 8
    return -(-max(size, 16) // unit) * unit
