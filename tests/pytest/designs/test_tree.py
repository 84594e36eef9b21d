# SPDX-License-Identifier: MIT
"""The tree that `heapmap` shows under buddy."""

from __future__ import annotations

import pytest
from first_fit import HEAP_SIZE, HEAP_START
from heap44 import Heap, Node

KIB = 1024


def nodes(heap: Heap) -> list[tuple[int, int, str, int | None]]:
    """Offset, size, state, block."""
    tree = heap.heapmap().tree
    assert tree is not None
    return [(node.address - HEAP_START, node.size, node.state, node.id) for node in tree]


def leaves(heap: Heap) -> list[Node]:
    tree = heap.heapmap().tree
    assert tree is not None
    return [node for node in tree if node.state != "split"]


def test_an_empty_heap_is_three_pieces_of_a_tree_of_128_kib(either: Heap) -> None:
    either.use("buddy")
    assert nodes(either) == [
        (0, 128 * KIB, "split", None),
        (0, 64 * KIB, "free", None),
        (64 * KIB, 64 * KIB, "split", None),
        (64 * KIB, 32 * KIB, "free", None),
        (96 * KIB, 32 * KIB, "split", None),
        (96 * KIB, 16 * KIB, "split", None),
        (96 * KIB, 8 * KIB, "split", None),
        (96 * KIB, 4 * KIB, "free", None),
    ]


def test_splitting_and_joining_show(either: Heap) -> None:
    either.use("buddy")
    empty = nodes(either)
    block = either.alloc(2000)
    assert nodes(either) == [
        *empty[:-1],
        (96 * KIB, 4 * KIB, "split", None),
        (96 * KIB, 2 * KIB, "block", block.id),
        (98 * KIB, 2 * KIB, "free", None),
    ]
    either.free(block)
    assert nodes(either) == empty


def test_leaves_are_the_blocks_and_the_holes(either: Heap) -> None:
    either.use("buddy")
    either.random(700, seed=3)
    found = leaves(either)
    position = HEAP_START
    for leaf in found:
        assert leaf.address == position and leaf.address % leaf.size == 0
        position += leaf.size
    assert position == HEAP_START + HEAP_SIZE
    assert {(leaf.id, leaf.address, leaf.size) for leaf in found if leaf.state == "block"} == {
        (block.id, block.address, block.block_size) for block in either.blocks()
    }
    assert sorted((leaf.address, leaf.size) for leaf in found if leaf.state == "free") == sorted(
        (hole.address, hole.size) for hole in either.freelist().holes
    )


@pytest.mark.parametrize("design", ("linked-list", "indexed", "tlsf", "fixed-size-block", "dummy"))
def test_other_designs_have_no_tree(host: Heap, design: str) -> None:
    host.use(design)
    assert "tree" not in host.command("heapmap")
    assert host.heapmap().tree is None
    if host.console.prompts:
        assert "tree" not in host.text("heapmap")


def test_a_person_sees_a_column_a_size_and_a_row_a_leaf(heap: Heap) -> None:
    heap.use("buddy")
    heap.alloc(60)
    heap.alloc(64)
    heap.alloc(16)
    head, *rows = heap.text("heapmap").partition("tree of ")[2].splitlines()
    sizes = head.split()
    assert sizes[0] == "128K" and sizes[1:5] == ["64K", "32K", "16K", "8K"] and sizes[-1] == "16"
    found = {row.split()[0]: row.split()[1:] for row in rows if row.strip()}
    first = f"{HEAP_START + 96 * KIB:#014x}"
    assert found[first] == ["|"] * sizes[1:].index("64") + ["#1", "and", "1", "more"]
    assert found[f"{HEAP_START + 96 * KIB + 128:#014x}"] == ["|"] * sizes[1:].index("16") + ["#3"]
    assert found[f"{HEAP_START:#014x}"] == ["free"]
    # What a row says stands under its size.
    column = ("tree of " + head).index(" 64K") + 1
    assert next(row for row in rows if row.startswith(f"{HEAP_START:#x}"))[column:] == "free"


def test_a_full_tree_fits_the_screen(heap: Heap) -> None:
    heap.use("buddy")
    heap.random(900)
    tree = heap.text("heapmap").partition("tree of ")[2].splitlines()
    assert len(tree) <= 45 and all(len(row) <= 80 for row in tree)
    assert "more rows; 'heapmap --json' has all" in tree[-1] or tree[-1] == ""
