# SPDX-License-Identifier: MIT
"""Reads a machine's page tables from outside: every entry of every table, with its rights."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Iterator

from heap44.memory import Memory

_present, _writable, _user, _huge = 1 << 0, 1 << 1, 1 << 2, 1 << 7
_no_execute = 1 << 63
_address_bits = 0x000F_FFFF_FFFF_F000


@dataclass(frozen=True)
class Mapping:
    """One leaf: ``size`` bytes at ``virtual``, and what all four levels together allow."""

    virtual: int
    physical: int
    size: int
    writable: bool
    user: bool
    executable: bool
    entries: tuple[int, ...]

    @property
    def end(self) -> int:
        """The first address behind the page."""
        return self.virtual + self.size


class PageTables:
    """The tables that ``cr3`` names, as they are at this moment."""

    def __init__(self, memory: Memory, cr3: int) -> None:
        self._memory = memory
        self._tables: dict[int, tuple[int, ...]] = {}
        self.mappings = tuple(self._leaves(cr3 & _address_bits, 4, 0, ()))

    def find(self, address: int) -> Mapping | None:
        """The page that holds a virtual address, or ``None``."""
        for mapping in self.mappings:
            if mapping.virtual <= address < mapping.end:
                return mapping
        return None

    def within(self, start: int, end: int) -> list[Mapping]:
        """The pages that touch ``start`` up to ``end``, in address order."""
        return [page for page in self.mappings if page.virtual < end and start < page.end]

    def _leaves(
        self, table: int, level: int, base: int, above: tuple[int, ...]
    ) -> Iterator[Mapping]:
        for index, entry in enumerate(self._read(table)):
            if not entry & _present:
                continue
            virtual = base + (index << (12 + 9 * (level - 1)))
            entries = (*above, entry)
            if level == 1 or (entry & _huge and level < 4):
                yield _leaf(virtual, 1 << (12 + 9 * (level - 1)), entries)
            else:
                yield from self._leaves(entry & _address_bits, level - 1, virtual, entries)

    def _read(self, table: int) -> tuple[int, ...]:
        if table not in self._tables:
            self._tables[table] = struct.unpack("<512Q", self._memory.read(table, 4096))
        return self._tables[table]


def physical_parts(memory: Memory, cr3: int, address: int, size: int) -> Iterator[tuple[int, int]]:
    """Where a range of virtual memory lies: physical addresses and the bytes from there on."""
    while size > 0:
        physical, left = _walk(memory, cr3, address)
        part = min(left, size)
        yield physical, part
        address, size = address + part, size - part


def _walk(memory: Memory, cr3: int, address: int) -> tuple[int, int]:
    """The physical address, and the bytes from there to the end of the page."""
    entry = cr3
    for level in (4, 3, 2, 1):
        reach = 1 << (12 + 9 * (level - 1))
        at = (entry & _address_bits) + address // reach % 512 * 8
        entry = int.from_bytes(memory.read(at, 8), "little")
        if not entry & _present:
            raise ValueError(f"{address:#x} is not mapped")
        if level == 1 or (entry & _huge and level < 4):
            inside = address % reach
            return (entry & _address_bits & ~(reach - 1)) + inside, reach - inside
    raise AssertionError("the last level ends the walk")


def _leaf(virtual: int, size: int, entries: tuple[int, ...]) -> Mapping:
    # Bit 12 of a huge page's entry chooses its caching: it is no part of the address.
    physical = entries[-1] & _address_bits & ~(size - 1)
    return Mapping(
        virtual=_canonical(virtual),
        physical=physical,
        size=size,
        writable=all(entry & _writable for entry in entries),
        user=all(entry & _user for entry in entries),
        executable=not any(entry & _no_execute for entry in entries),
        entries=entries,
    )


def _canonical(address: int) -> int:
    return address | 0xFFFF_0000_0000_0000 if address >> 47 else address
