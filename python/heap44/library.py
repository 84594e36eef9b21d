# SPDX-License-Identifier: MIT
"""The designs as a library, called from this very process: ``build/libheap44.so`` through ctypes.

    with NativeHeap("indexed", 64 * 1024) as heap:
        block = heap.allocate(100)
        heap.write(block, b"hello")
        heap.deallocate(block, 100)

What ``include/heap44.h`` leaves undefined is undefined here, too: it can end the interpreter. A
heap made with ``checked=True`` refuses and counts instead. Numbers that C would cut are refused
before they get there: ``ValueError`` for one that is negative or does not fit into 64 bits,
``TypeError`` for what is no integer (``True`` is none here).
"""

from __future__ import annotations

import ctypes
import mmap
from functools import cache
from pathlib import Path
from typing import Any

from heap44.closing import Closing
from heap44.machine import build_directory

_largest = 2**64 - 1
_visitor = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)


class Library:
    """The functions of ``include/heap44.h``; heaps, regions and blocks are addresses, null None."""

    def __init__(self, path: Path | None = None) -> None:
        loaded = ctypes.CDLL(str(path or build_directory() / "libheap44.so"))
        pointer, size = ctypes.c_void_p, ctypes.c_size_t
        signatures: dict[str, tuple[Any, dict[str, Any]]] = {
            "create": (pointer, {"design": ctypes.c_char_p, "region": pointer, "size": size}),
            "create_checked": (
                pointer,
                {"design": ctypes.c_char_p, "region": pointer, "size": size},
            ),
            "allocate": (pointer, {"heap": pointer, "size": size, "align": size}),
            "deallocate": (
                None,
                {"heap": pointer, "block": pointer, "size": size, "align": size},
            ),
            "reallocate": (
                pointer,
                {"heap": pointer, "block": pointer, "size": size, "align": size, "new_size": size},
            ),
            "holes": (size, {"heap": pointer, "each": pointer, "context": pointer}),
            "errors": (size, {"heap": pointer}),
            "destroy": (None, {"heap": pointer}),
        }
        self._functions = {}
        for name, (result, parameters) in signatures.items():
            function = loaded[f"heap44_{name}"]
            function.restype = result
            function.argtypes = list(parameters.values())
            self._functions[name] = function, parameters

    def _call(self, name: str, *arguments: object) -> Any:
        """Calls a function of C with numbers that it can hold: ctypes would cut the others."""
        function, parameters = self._functions[name]
        for (what, kind), argument in zip(parameters.items(), arguments, strict=True):
            is_null = argument is None and kind is ctypes.c_void_p
            if not is_null and kind is not ctypes.c_char_p and not isinstance(argument, _visitor):
                _require_number(what, argument)
        return function(*arguments)

    def create(
        self, design: str | None, region: int | None, size: int, checked: bool = False
    ) -> int | None:
        """A heap over memory of the caller's; ``None`` for a design or region that is not good."""
        if design is not None and "\0" in design:
            return None  # For C the name would end there.
        name = None if design is None else design.encode()
        return _address(self._call("create_checked" if checked else "create", name, region, size))

    def allocate(self, heap: int | None, size: int, align: int) -> int | None:
        return _address(self._call("allocate", heap, size, align))

    def deallocate(self, heap: int | None, block: int | None, size: int, align: int) -> None:
        self._call("deallocate", heap, block, size, align)

    def reallocate(
        self, heap: int | None, block: int | None, size: int, align: int, new_size: int
    ) -> int | None:
        return _address(self._call("reallocate", heap, block, size, align, new_size))

    def holes(self, heap: int | None) -> list[tuple[int, int]]:
        """Address and size of each hole, in the design's order."""
        found: list[tuple[int, int]] = []

        def note(_context: int | None, address: int, size: int) -> None:
            found.append((address, size))

        count = self._call("holes", heap, _visitor(note), None)
        assert count == len(found)
        return found

    def hole_count(self, heap: int | None) -> int:
        """The same without a look at each."""
        return int(self._call("holes", heap, None, None))

    def errors(self, heap: int | None) -> int:
        return int(self._call("errors", heap))

    def destroy(self, heap: int | None) -> None:
        self._call("destroy", heap)


class NativeHeap(Closing):
    """A heap with a region of its own, zeroed and aligned to 256 KiB, as the kernel's is.

    ``ValueError`` for a region of less than 16 bytes or more than 1 GiB, and for a design that the
    library has not; ``MemoryError`` where there is no memory for it.
    """

    alignment = 256 * 1024
    smallest_region = 16
    largest_region = 2**30

    def __init__(
        self, design: str, size: int, checked: bool = False, library: Library | None = None
    ) -> None:
        self._library = library or default_library()
        _require_number("size", size)
        if not self.smallest_region <= size <= self.largest_region:
            raise ValueError(f"a region has from 16 bytes to 1 GiB, not {size} bytes")
        self._memory = mmap.mmap(-1, size + self.alignment)
        self._view = (ctypes.c_char * len(self._memory)).from_buffer(self._memory)
        first = ctypes.addressof(self._view)
        self.start = (first + self.alignment - 1) // self.alignment * self.alignment
        self.size = size
        self.design = design
        heap = self._library.create(design, self.start, size, checked)
        if heap is None:
            is_known = self._knows(design)
            self._unmap()
            if is_known:
                raise MemoryError(f"no memory for what {design!r} keeps beside {size} bytes")
            raise ValueError(f"the library has no design {design!r}")
        self._heap: int | None = heap

    @property
    def end(self) -> int:
        return self.start + self.size

    def allocate(self, size: int, align: int = 8) -> int | None:
        """The block's address, or ``None`` where none fits.

        ``ValueError`` for an alignment that is no power of two.
        """
        _require_alignment(align)
        return self._library.allocate(self._heap, size, align)

    def deallocate(self, block: int | None, size: int, align: int = 8) -> None:
        """Gives a block back with the size and alignment that it has."""
        self._library.deallocate(self._heap, block, size, align)

    def reallocate(
        self, block: int | None, size: int, new_size: int, align: int = 8
    ) -> int | None:
        """The block's address now, or ``None``; then it is as it was.

        A ``block`` of ``None`` asks for a new one, as ``allocate`` does.
        """
        if block is None:
            _require_alignment(align)
        return self._library.reallocate(self._heap, block, size, align, new_size)

    def holes(self) -> list[tuple[int, int]]:
        """Address and size of each hole, in the design's order."""
        return self._library.holes(self._heap)

    def hole_count(self) -> int:
        return self._library.hole_count(self._heap)

    @property
    def errors(self) -> int:
        """How many wrong requests were refused; only a checked heap knows."""
        return self._library.errors(self._heap)

    def read(self, address: int, size: int) -> bytes:
        """Bytes of the region."""
        self._require_inside(address, size)
        return ctypes.string_at(address, size)

    def write(self, address: int, data: bytes) -> None:
        self._require_inside(address, len(data))
        ctypes.memmove(address, data, len(data))

    def close(self) -> None:
        """Ends the heap and unmaps its region; closed, it answers like a heap without memory."""
        if self._heap is not None:
            self._library.destroy(self._heap)
            self._heap = None
            self._unmap()

    def _require_inside(self, address: int, size: int) -> None:
        if self._heap is None or not self.start <= address <= address + size <= self.end:
            raise ValueError(f"{size} bytes at {address:#x} are not in the heap")

    def _knows(self, design: str) -> bool:
        """Whether the library has this design: then it makes the smallest heap at least."""
        heap = self._library.create(design, self.start, self.smallest_region)
        self._library.destroy(heap)
        return heap is not None

    def _unmap(self) -> None:
        del self._view
        self._memory.close()


@cache
def default_library() -> Library:
    """The library of the build directory, loaded once."""
    return Library()


def _address(value: object) -> int | None:
    assert value is None or isinstance(value, int)
    return value


def _require_number(what: str, value: object) -> None:
    """Whether C can hold it: an address or a size of 64 bits."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{what} {value!r} is no integer")
    if value < 0:
        raise ValueError(f"{what} {value} is negative")
    if value > _largest:
        raise ValueError(f"{what} {value} does not fit into 64 bits")


def _require_alignment(align: int) -> None:
    _require_number("align", align)
    if align.bit_count() != 1:
        raise ValueError(f"alignment {align} is no power of two")
