# SPDX-License-Identifier: MIT
"""Random work on the host's heap, against the naive model and against what must always hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from first_fit import HEAP_SIZE, HEAP_START, FirstFit, taken
from heap44 import Block, Heap
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

several = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# Mostly sizes of which several fit, with the edges of the rules and some that cannot fit.
sizes = st.one_of(
    st.integers(0, 80), st.integers(0, 5000), st.sampled_from([16, 24, 32, 40, 102_400, 102_401])
)
alignments = st.sampled_from([1, 2, 4, 8, 8, 8, 16, 32, 64, 128, 1024, 4096, 8192])
allocations = st.tuples(sizes, alignments)
# A free names a live block by a number that is taken modulo how many there are.
frees = st.integers(0, 10_000)
work = st.lists(st.one_of(allocations, allocations, frees), max_size=60)


@dataclass
class Model:
    """What the heap should be: live blocks by number, and the commands that led there."""

    heap: FirstFit = field(default_factory=FirstFit)
    live: dict[int, tuple[int, int]] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    expected: list[int | None] = field(default_factory=list)
    given: int = 0

    def allocate(self, size: int, align: int) -> None:
        address = self.heap.allocate(size, align)
        self.commands.append(f"alloc {size} align={align}")
        self.expected.append(address)
        if address is not None:
            self.given += 1
            self.live[self.given] = (address, size)

    def free(self, choice: int) -> None:
        if self.live:
            number = list(self.live)[choice % len(self.live)]
            address, size = self.live.pop(number)
            self.heap.free(address, size)
            self.commands.append(f"free #{number}")
            self.expected.append(address)


def _modelled(steps: list[tuple[int, int] | int]) -> Model:
    model = Model()
    for step in steps:
        if isinstance(step, int):
            model.free(step)
        else:
            model.allocate(*step)
    return model


def _address(answer: dict[str, Any]) -> int | None:
    if not answer["ok"]:
        assert answer["error"]["code"] == "out-of-memory"
        return None
    blocks = answer["blocks"] if "blocks" in answer else answer["freed"]
    return int(blocks[0]["address"], 16)


@several
@given(steps=work)
def test_blocks_go_where_the_naive_model_puts_them(
    host: Heap, steps: list[tuple[int, int] | int]
) -> None:
    host.reset()
    model = _modelled(steps)
    assert [_address(a) for a in host.pipeline(model.commands)] == model.expected
    assert [(hole.address, hole.size) for hole in host.freelist().holes] == model.heap.holes
    told = {block.id: (block.address, block.size) for block in host.blocks()}
    assert told == model.live


@several
@given(steps=work)
def test_cells_cover_the_heap_without_gap_or_overlap(
    host: Heap, steps: list[tuple[int, int] | int]
) -> None:
    host.reset()
    model = _modelled(steps)
    host.pipeline(model.commands)
    cells = host.heapmap().cells
    assert all(cell.size > 0 for cell in cells)
    ends = [cell.address + cell.size for cell in cells]
    assert [cell.address for cell in cells] == [HEAP_START, *ends[:-1]]
    assert ends[-1] == HEAP_START + HEAP_SIZE
    holes = [(cell.address, cell.size) for cell in cells if cell.kind == "hole"]
    assert holes == model.heap.holes


@several
@given(steps=work)
def test_payload_and_padding_make_up_each_block(
    host: Heap, steps: list[tuple[int, int] | int]
) -> None:
    host.reset()
    host.pipeline(_modelled(steps).commands)
    parts: dict[int, list[tuple[str, int]]] = {}
    for cell in host.heapmap().cells:
        if cell.kind in ("block", "padding"):
            assert cell.id is not None
            parts.setdefault(cell.id, []).append((cell.kind, cell.size))
    for block in host.blocks():
        padding = block.block_size - block.size
        payload = [("block", block.size)] if block.size else []
        assert parts.pop(block.id) == payload + ([("padding", padding)] if padding else [])
        assert block.block_size == taken(block.size)
        assert block.address % max(block.align, 8) == 0
    assert parts == {}


@several
@given(steps=work)
def test_the_figures_add_up(host: Heap, steps: list[tuple[int, int] | int]) -> None:
    host.reset()
    model = _modelled(steps)
    host.pipeline(model.commands)
    stats = host.stats()
    sizes_free = [size for _, size in model.heap.holes]
    assert stats.used + stats.free == stats.size == HEAP_SIZE
    assert (stats.free, stats.holes) == (sum(sizes_free), len(sizes_free))
    assert stats.largest == max(sizes_free, default=0)
    assert stats.live == len(model.live)
    assert stats.requested == sum(size for _, size in model.live.values())
    assert stats.allocations == model.given
    assert stats.frees == model.given - len(model.live)
    assert stats.failures == model.expected.count(None)
    assert stats.peak_used >= stats.used
    expected = 1 - stats.largest / stats.free if stats.free else 0
    assert abs(stats.fragmentation - expected) < 1e-3


@several
@given(steps=work)
def test_freeing_everything_leaves_one_hole(
    host: Heap, steps: list[tuple[int, int] | int]
) -> None:
    host.reset()
    host.pipeline(_modelled(steps).commands)
    live = len(host.blocks())
    if live:
        assert len(host.free_all()) == live
    assert [(h.address, h.size) for h in host.freelist().holes] == [(HEAP_START, HEAP_SIZE)]
    assert host.alloc(HEAP_SIZE).address == HEAP_START


@several
@given(steps=work, resizes=st.lists(st.tuples(frees, sizes), max_size=20))
def test_reallocated_blocks_keep_their_number_and_overlap_none(
    host: Heap, steps: list[tuple[int, int] | int], resizes: list[tuple[int, int]]
) -> None:
    host.reset()
    model = _modelled(steps)
    live = list(model.live)
    commands = [f"realloc #{live[choice % len(live)]} {size}" for choice, size in resizes if live]
    host.pipeline([*model.commands, *commands])
    assert host.check().consistent
    blocks: list[Block] = host.blocks()
    assert sorted(block.id for block in blocks) == sorted(live)
    assert all(first.end <= second.address for first, second in zip(blocks, blocks[1:]))
    assert all(block.address % max(block.align, 8) == 0 for block in blocks)
    used = sum(block.block_size for block in blocks)
    assert used + host.freelist().free == HEAP_SIZE


@several
@given(text=st.binary(max_size=300))
def test_no_bytes_make_the_shell_lose_its_step(host: Heap, text: bytes) -> None:
    host.console.send(text + b"\r\r")
    host.resynchronise()
    assert host.check().consistent
