# SPDX-License-Identifier: MIT
"""Reads a machine's page tables from outside: every entry of every table, with its rights."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Iterator

from heap44.qmp import Qmp

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
    """The tables that CR3 names at this moment."""

    def __init__(self, qmp: Qmp) -> None:
        self._qmp = qmp
        self._tables: dict[int, tuple[int, ...]] = {}
        root = qmp.registers()["CR3"] & _address_bits
        self.mappings = tuple(self._leaves(root, 4, 0, ()))

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
            data = self._qmp.physical_memory(table, 4096)
            self._tables[table] = struct.unpack("<512Q", data)
        return self._tables[table]


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
