# SPDX-License-Identifier: MIT
"""Random histories on every design, through build/libheap44.so in this very process."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from typing import Union

import pytest
from first_fit import HEAP_START, FirstFit, taken
from heap44 import Heap
from heap44.library import Library, NativeHeap, default_library
from heap44.machine import build_directory
from hypothesis import given, note, settings
from hypothesis import strategies as st

DESIGNS = ["linked-list", "indexed", "dummy", "bump", "fixed-size-block", "buddy", "tlsf"]
GIVING = [name for name in DESIGNS if name != "dummy"]
FIRST_FIT = ["linked-list", "indexed"]
# What a class or a level keeps apart: free memory does not become what it was.
NEVER_WHOLE = ["fixed-size-block"]

several = settings(max_examples=40, deadline=None, database=None)


@dataclass(frozen=True)
class Allocate:
    size: int
    align: int


@dataclass(frozen=True)
class Free:
    """Of a live block, by a number that is taken modulo how many there are."""

    choice: int


@dataclass(frozen=True)
class Resize:
    choice: int
    size: int


Step = Union[Allocate, Free, Resize]
Address = Union[int, None]

heap_sizes = st.sampled_from([4096, 8192, 20_480, 102_400])
# Mostly such that many fit, with the edges of the rules and some that never fit.
sizes = st.one_of(
    st.integers(0, 80),
    st.integers(0, 80),
    st.integers(0, 3000),
    st.sampled_from([16, 24, 2048, 2049, 4096, 102_400, 2**40, 2**63, 2**64 - 1]),
)
alignments = st.sampled_from([1, 2, 4, 8, 8, 8, 8, 16, 64, 512, 4096, 2**17])
choices = st.integers(0, 1000)
steps = st.one_of(
    st.builds(Allocate, sizes, alignments),
    st.builds(Allocate, sizes, st.just(8)),
    st.builds(Free, choices),
    st.builds(Resize, choices, sizes),
)
histories = st.lists(steps, max_size=60)
# 32 holes make `indexed` build its index: small blocks, of which every second is freed.
many_holes = st.integers(20, 60).map(
    lambda count: [
        *(Allocate(16 + 8 * (number % 3), 8) for number in range(2 * count)),
        *(Free(number) for number in range(count)),
    ]
)
long_histories = st.tuples(many_holes, histories).map(lambda parts: [*parts[0], *parts[1]])


@dataclass
class Block:
    number: int
    address: int
    size: int
    align: int

    @property
    def pattern(self) -> bytes:
        """Its contents: other bytes than any other block's at the same place."""
        return bytes((self.number * 37 + 7 * index) % 251 for index in range(self.size))


@dataclass
class History:
    """A heap, what lives in it, and the shell's commands that do the same."""

    heap: NativeHeap
    live: list[Block] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    given: int = 0

    def __post_init__(self) -> None:
        self.fresh = self.heap.holes()

    def do(self, step: Step) -> Address:
        """The offset that the heap answered, or ``None``; what must always hold is checked."""
        if isinstance(step, Allocate):
            answer = self._allocate(step)
        elif not self.live:
            return None
        elif isinstance(step, Free):
            answer = self._free(step.choice % len(self.live))
        else:
            answer = self._resize(self.live[step.choice % len(self.live)], step.size)
        self._check()
        return None if answer is None else answer - self.heap.start

    def free_all(self) -> None:
        while self.live:
            self._free(len(self.live) - 1)
        self._check()
        assert sum(size for _, size in self.heap.holes()) == sum(size for _, size in self.fresh)

    def script(self) -> str:
        """For a shell: the same on heap44-host."""
        options = f"heap44.size={self.heap.size} heap44.allocator={self.heap.design}"
        lines = [*self.commands, "check", "freelist"]
        return "\n".join([f"build/heap44-host {options} <<'end'", *lines, "end"])

    def holes(self) -> list[tuple[int, int]]:
        return [(address - self.heap.start, size) for address, size in self.heap.holes()]

    def _allocate(self, step: Allocate) -> Address:
        self.commands.append(f"alloc {step.size} align={step.align}")
        before = self.heap.holes()
        address = self.heap.allocate(step.size, step.align)
        if address is None:
            assert self.heap.holes() == before
            return None
        self.given += 1
        self._put(Block(self.given, address, step.size, step.align))
        return address

    def _free(self, index: int) -> Address:
        block = self.live.pop(index)
        self.commands.append(f"free #{block.number}")
        assert self.heap.read(block.address, block.size) == block.pattern
        self.heap.deallocate(block.address, block.size, block.align)
        return block.address

    def _resize(self, block: Block, size: int) -> Address:
        self.commands.append(f"realloc #{block.number} {size}")
        before, old = self.heap.holes(), block.pattern
        assert self.heap.read(block.address, block.size) == old
        address = self.heap.reallocate(block.address, block.size, size, block.align)
        if address is None:
            assert self.heap.holes() == before
            return None
        kept = min(block.size, size)
        assert self.heap.read(address, kept) == old[:kept]
        self.live.remove(block)
        self._put(Block(block.number, address, size, block.align))
        return address

    def _put(self, block: Block) -> None:
        assert block.address % max(block.align, 8) == 0, "misaligned"
        self.heap.write(block.address, block.pattern)  # raises if it is not inside the region
        self.live.append(block)

    def _check(self) -> None:
        holes = self.heap.holes()
        assert self.heap.hole_count() == len(holes)
        # A block has 16 bytes to itself, whatever was asked for.
        places = [(block.address, taken(block.size)) for block in self.live] + holes
        end = self.heap.start
        for address, size in sorted(places):
            assert address >= end, f"{address:#x} lies in what ends at {end:#x}"
            assert size > 0 and size % 8 == 0 and address % 8 == 0
            end = address + size
        assert end <= self.heap.end
        for block in self.live:
            assert self.heap.read(block.address, block.size) == block.pattern, "contents changed"


def _run(history: History, work: list[Step]) -> list[Address]:
    """All answers. When something is wrong Hypothesis prints the commands of the shortest case."""
    answers = []
    try:
        for step in work:
            answers.append(history.do(step))
    except BaseException:
        note(f"The same in a shell:\n{history.script()}")
        raise
    return answers


@pytest.mark.parametrize("checked", [False, True], ids=["plain", "checked"])
@pytest.mark.parametrize("design", DESIGNS)
@settings(several, max_examples=20)
@given(size=heap_sizes, work=st.one_of(histories, long_histories))
def test_any_history_keeps_the_laws(
    design: str, checked: bool, size: int, work: list[Step]
) -> None:
    with NativeHeap(design, size, checked) as heap:
        history = History(heap)
        _run(history, work)
        history.free_all()
        assert heap.errors == 0
        if design not in NEVER_WHOLE:
            assert heap.holes() == history.fresh


@several
@given(size=heap_sizes, work=st.one_of(histories, long_histories))
def test_first_fit_designs_and_the_naive_model_agree(size: int, work: list[Step]) -> None:
    with NativeHeap("linked-list", size) as plain, NativeHeap("indexed", size) as indexed:
        both = [History(plain), History(indexed)]
        model = FirstFit(HEAP_START, size // 8 * 8)
        try:
            for step in work:
                expected = _modelled(model, both[0], step)
                for history in both:
                    assert history.do(step) == expected, history.heap.design
                    told = [(HEAP_START + offset, size) for offset, size in history.holes()]
                    assert told == model.holes, history.heap.design
        except BaseException:
            for history in both:
                note(f"The same in a shell:\n{history.script()}")
            raise


def _modelled(model: FirstFit, history: History, step: Step) -> Address:
    """What the step comes to in the model; the live blocks are those of a history before it."""
    answer: Address = None
    if isinstance(step, Allocate):
        answer = model.allocate(step.size, step.align)
    elif history.live:
        block = history.live[step.choice % len(history.live)]
        answer = block.address - history.heap.start + HEAP_START
        if isinstance(step, Free):
            model.free(answer, block.size)
        else:
            answer = _model_resize(model, answer, block, step.size)
    return None if answer is None else answer - HEAP_START


def _model_resize(model: FirstFit, address: int, block: Block, size: int) -> Address:
    """In place where what is left is nothing or a hole, else allocate and free."""
    old_end, new_end = address + taken(block.size), address + taken(size)
    behind = next((hole for hole in model.holes if hole[0] == old_end), None)
    room_end = old_end if behind is None else sum(behind)
    if new_end <= room_end and room_end - new_end != 8:
        others = [hole for hole in model.holes if hole != behind]
        rest = [(new_end, room_end - new_end)] if room_end > new_end else []
        model.holes = sorted([*others, *rest])
        return address
    moved = model.allocate(size, block.align)
    if moved is not None:
        model.free(address, block.size)
    return moved


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
    assert sorted(_strings(answer) & set(DESIGNS)) == sorted(DESIGNS)


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
@pytest.mark.parametrize("design", DESIGNS)
def test_a_bad_region_is_null(library: Library, region: int, design: str, checked: bool) -> None:
    for shift in range(1, 8):
        assert library.create(design, region + shift, 4096, checked) is None
    for size in (0, 1, 8, 15, 2**30 + 1, 2**40, 2**64 - 1):
        assert library.create(design, region, size, checked) is None
    assert library.create(design, None, 4096, checked) is None
    assert library.create(design, 2**64 - 4096, 8192, checked) is None


@pytest.mark.parametrize("checked", [False, True], ids=["plain", "checked"])
@pytest.mark.parametrize("design", GIVING)
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


@pytest.mark.parametrize("design", GIVING)
def test_the_largest_region(design: str) -> None:
    with NativeHeap(design, 2**30) as heap:
        assert sum(size for _, size in heap.holes()) == 2**30
        block = heap.allocate(2**30, 8)
        assert block == heap.start and heap.hole_count() == 0
        heap.deallocate(block, 2**30, 8)


@pytest.mark.parametrize("design", GIVING)
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


@pytest.mark.parametrize("design", DESIGNS)
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
