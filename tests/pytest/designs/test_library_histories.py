# SPDX-License-Identifier: MIT
"""Random histories on every design, through build/libheap44.so in this very process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Union

import pytest
from first_fit import HEAP_START, FirstFit, taken
from heap44.library import NativeHeap
from hypothesis import given, note, settings
from hypothesis import strategies as st
from settings import ALL, NEVER_WHOLE

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
@pytest.mark.parametrize("design", ALL)
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
