# SPDX-License-Identifier: MIT
"""The interface of build/libheap44.so: which heaps it makes, and what it says to wrong calls."""

from __future__ import annotations

import subprocess
import sys

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
        assert [heap.allocate(8, align) for align in (0, 3, 24, 2**64 - 1)] == [None] * 4
        heap.deallocate(None, 8)
        assert heap.holes() == fresh
        block = heap.reallocate(None, 123, 64)
        assert block is not None
        heap.deallocate(block, 64)
        assert (heap.holes() == fresh or design in NEVER_WHOLE) and heap.errors == 0


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
