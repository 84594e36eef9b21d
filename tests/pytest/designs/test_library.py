# SPDX-License-Identifier: MIT
"""The interface of build/libheap44.so: which heaps it makes, and what it says to wrong calls."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any, Callable

import pytest
from first_fit import HEAP_START
from heap44 import Heap
from heap44.library import Library, NativeHeap, default_library
from heap44.machine import build_directory
from settings import ALL, LIVING, NEVER_WHOLE


@pytest.fixture(scope="module")
def library() -> Library:
    return default_library()


@pytest.fixture
def region() -> int:
    """An address that is good for a region, of which nothing is ever touched."""
    return HEAP_START


def test_the_designs_are_those_of_the_shell(host: Heap) -> None:
    answer = host.answer("allocator")
    assert answer["ok"]
    assert sorted(_strings(answer) & set(ALL)) == sorted(ALL)


def _strings(value: object) -> set[str]:
    if isinstance(value, dict):
        return set().union(*(_strings(part) for part in value.values()))
    if isinstance(value, list):
        return set().union(*(_strings(part) for part in value))
    return {value} if isinstance(value, str) else set()


@pytest.mark.parametrize("checked", [False, True])
@pytest.mark.parametrize("design", ["", "linked", "Indexed", "indexed ", "none", None])
def test_an_unknown_design_is_null(library: Library, design: str | None, checked: bool) -> None:
    with NativeHeap("bump", 4096) as memory:
        assert library.create(design, memory.start, memory.size, checked) is None


@pytest.mark.parametrize("checked", [False, True])
@pytest.mark.parametrize("design", ALL)
def test_a_bad_region_is_null(library: Library, region: int, design: str, checked: bool) -> None:
    for shift in range(1, 8):
        assert library.create(design, region + shift, 4096, checked) is None
    for size in (0, 1, 8, 15, 2**30 + 1, 2**40, 2**64 - 1):
        assert library.create(design, region, size, checked) is None
    assert library.create(design, None, 4096, checked) is None
    assert library.create(design, 2**64 - 4096, 8192, checked) is None


@pytest.mark.parametrize("checked", [False, True], ids=["plain", "checked"])
@pytest.mark.parametrize("design", LIVING)
def test_the_smallest_regions(library: Library, design: str, checked: bool) -> None:
    with NativeHeap("bump", 4096) as memory:
        for size in range(16, 200):
            heap = library.create(design, memory.start, size, checked)
            assert heap is not None
            block = library.allocate(heap, 16, 8)
            # Of 24 bytes first fit takes none: what would be left is too small for a hole.
            assert block is None or memory.start <= block <= memory.start + size - 16
            assert block is not None or size // 8 * 8 == 24
            library.deallocate(heap, block, 16, 8)
            assert sum(room for _, room in library.holes(heap)) <= size
            library.destroy(heap)


@pytest.mark.parametrize("design", LIVING)
def test_the_largest_region(design: str) -> None:
    with NativeHeap(design, 2**30) as heap:
        assert sum(size for _, size in heap.holes()) == 2**30
        block = heap.allocate(2**30, 8)
        assert block == heap.start and heap.hole_count() == 0
        heap.deallocate(block, 2**30, 8)


@pytest.mark.parametrize("design", LIVING)
def test_the_rules_about_null(library: Library, design: str) -> None:
    library.destroy(None)
    library.deallocate(None, 1, 8, 8)
    assert library.allocate(None, 8, 8) is None
    assert library.reallocate(None, None, 8, 8, 8) is None
    assert (library.holes(None), library.hole_count(None), library.errors(None)) == ([], 0, 0)
    with NativeHeap(design, 4096, checked=True) as heap:
        fresh = heap.holes()
        assert heap.allocate(8, 2**63) is None
        heap.deallocate(None, 8)
        assert heap.holes() == fresh
        block = heap.reallocate(None, 123, 64)
        assert block is not None
        heap.deallocate(block, 64)
        assert (heap.holes() == fresh or design in NEVER_WHOLE) and heap.errors == 0


# --- numbers ---

TOO_LARGE = (2**64, 2**64 + 8, 1 << 70)
NO_INTEGERS = (8.0, True, "8", b"8", 8j)


@pytest.mark.parametrize("value", [*TOO_LARGE, -1, -(2**64) + 8])
def test_what_64_bits_cannot_hold_is_refused_everywhere(library: Library, value: int) -> None:
    for refused in _calls(library, value):
        with pytest.raises(ValueError, match=r"(does not fit into 64 bits|is negative)$") as told:
            refused()
        assert f" {value} " in str(told.value)


@pytest.mark.parametrize("value", NO_INTEGERS, ids=repr)
def test_what_is_no_integer_is_refused_everywhere(library: Library, value: Any) -> None:
    for refused in _calls(library, value):
        with pytest.raises(TypeError):
            refused()


def _calls(library: Library, value: Any) -> list[Callable[[], object]]:
    """The calls of every function with this number in each of its places."""
    heap = NativeHeap("bump", 4096, checked=True)
    block = heap.allocate(8)
    return [
        lambda: NativeHeap("bump", value),
        lambda: heap.allocate(value),
        lambda: heap.allocate(8, value),
        lambda: heap.deallocate(value, 8),
        lambda: heap.deallocate(block, value),
        lambda: heap.deallocate(block, 8, value),
        lambda: heap.reallocate(value, 8, 8),
        lambda: heap.reallocate(block, value, 8),
        lambda: heap.reallocate(block, 8, value),
        lambda: heap.reallocate(block, 8, 8, value),
        lambda: heap.reallocate(None, 8, 8, value),
        lambda: library.create("bump", value, 4096),
        lambda: library.create("bump", heap.start, value, checked=True),
        lambda: library.allocate(value, 8, 8),
        lambda: library.deallocate(value, None, 8, 8),
        lambda: library.reallocate(value, None, 8, 8, 8),
        lambda: library.holes(value),
        lambda: library.hole_count(value),
        lambda: library.errors(value),
        lambda: library.destroy(value),
    ]


@pytest.mark.parametrize("design", LIVING)
def test_what_does_not_fit_is_none(design: str) -> None:
    with NativeHeap(design, 4096) as heap:
        fresh = heap.holes()
        for size, align in ((4097, 8), (2**64 - 1, 8), (8, 2**63), (2**64 - 1, 2**63)):
            assert heap.allocate(size, align) is None
        block = heap.allocate(8)
        assert heap.reallocate(block, 8, 2**64 - 1) is None
        heap.deallocate(block, 8)
        assert heap.holes() == fresh or design in NEVER_WHOLE


@pytest.mark.parametrize("align", [0, 3, 24, 2**64 - 1])
def test_an_alignment_that_is_no_power_of_two_is_refused(library: Library, align: int) -> None:
    with NativeHeap("bump", 4096) as heap:
        with pytest.raises(ValueError, match=f"^alignment {align} is no power of two$"):
            heap.allocate(8, align)
        with pytest.raises(ValueError, match=f"^alignment {align} is no power of two$"):
            heap.reallocate(None, 8, 8, align)
        assert library.allocate(library.create("bump", heap.start, 4096), 8, align) is None


@pytest.mark.parametrize("design", ["nosuch", "", "guard-page", "bump\0", "bump\0x"])
def test_a_design_that_the_library_has_not_is_named(design: str) -> None:
    with pytest.raises(ValueError, match=f"^the library has no design {re.escape(repr(design))}$"):
        NativeHeap(design, 4096)


@pytest.mark.parametrize("design", ["bump", "nosuch"])
@pytest.mark.parametrize("size", [0, 1, 15, 2**30 + 1, 2**64 - 1])
def test_a_bad_region_is_named(design: str, size: int) -> None:
    with pytest.raises(ValueError, match=f"^a region has .* 16 bytes to 1 GiB, not {size} bytes$"):
        NativeHeap(design, size)


@pytest.mark.parametrize("design", ALL)
def test_a_checked_heap_counts_what_it_refuses(design: str) -> None:
    with NativeHeap(design, 4096, checked=True) as heap:
        first, freed = heap.allocate(100), heap.allocate(200)
        heap.deallocate(freed, 200)
        inside = first or heap.start
        wrong = [
            (heap.start - 8, 100, 8),  # not in the heap
            (heap.end, 100, 8),
            (heap.end - 1, 100, 8),
            (freed or heap.start, 200, 8),  # freed already
            (inside + 8, 92, 8),  # inside a block
            (inside, 101, 8),  # not its size
            (inside, 100, 16),  # not its alignment
            (inside, 100, 3),
        ]
        before = heap.holes(), heap.read(heap.start, heap.size)
        for count, (address, size, align) in enumerate(wrong):
            assert heap.errors == 2 * count
            heap.deallocate(address, size, align)
            assert heap.reallocate(address, size, 300, align) is None
            assert (heap.holes(), heap.read(heap.start, heap.size)) == before
        assert heap.errors == 2 * len(wrong)
        heap.deallocate(first, 100)
        assert heap.errors == 2 * len(wrong)


def test_a_plain_heap_counts_nothing() -> None:
    with NativeHeap("linked-list", 4096) as heap:
        assert heap.errors == 0


def test_a_panic_says_what_it_is_and_aborts() -> None:
    program = (
        "from heap44.library import NativeHeap\n"
        "heap = NativeHeap('dummy', 4096)\n"
        "heap.deallocate(heap.start, 16)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ended.returncode == -6
    assert ended.stderr.startswith("libheap44: dummy allocator: deallocate was called")


def test_only_the_interface_is_exported() -> None:
    library = build_directory() / "libheap44.so"
    listing = subprocess.run(
        ["llvm-nm-19", "-D", "--defined-only", "--format=just-symbols", library],
        capture_output=True,
        text=True,
        check=True,
    )
    names = "create create_checked allocate deallocate reallocate holes errors destroy"
    assert sorted(listing.stdout.split()) == sorted(f"heap44_{name}" for name in names.split())
