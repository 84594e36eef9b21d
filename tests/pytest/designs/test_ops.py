# SPDX-License-Identifier: MIT
"""`ops`: the list that it takes, what it does, and what is said of a list that is none."""

from __future__ import annotations

import pytest
from first_fit import HEAP_SIZE
from heap44 import Heap
from settings import LIVING, at, holes
from support import refusal


@pytest.mark.parametrize("design", ("linked-list", "indexed"))
def test_ops_does_its_example(heap: Heap, design: str) -> None:
    heap.use(design)
    done = heap.ops("+10,+20,-0")
    assert [item.operation for item in done] == ["+10", "+20", "-0"]
    told = [item.block for item in done if item.block]
    assert [(block.id, block.address, block.size, block.state) for block in told] == [
        (1, at(0), 10, "live"),
        (2, at(16), 20, "live"),
        (1, at(0), 10, "freed"),
    ]
    assert [block.id for block in heap.blocks()] == [2]
    assert holes(heap) == [(0, 16), (40, HEAP_SIZE - 40)]


NO_OPERATION = "it is neither +SIZE nor -INDEX, as in +10,+20,-0"
NOT_ALLOCATED = "it frees what the list has not allocated before"


@pytest.mark.parametrize(
    ("text", "place", "operation", "why"),
    [
        ("10", 1, "10", NO_OPERATION),
        ("+10,=0:20", 2, "=0:20", NO_OPERATION),
        ("10=+20", 1, "10=+20", NO_OPERATION),
        ("+10,*", 2, "*", NO_OPERATION),
        ("+10,,+20", 2, "", NO_OPERATION),
        (",+10", 1, "", NO_OPERATION),
        ("+10,", 2, "", NO_OPERATION),
        ('""', 1, "", NO_OPERATION),
        ("+10," + "x" * 60, 2, "x" * 40, NO_OPERATION),
        ("+", 1, "+", "size '' is no number like 64, 0x40 or 4K"),
        ("-", 1, "-", "index '' is no number like 64, 0x40 or 4K"),
        ("+10,+0x", 2, "+0x", "size '0x' is no number like 64, 0x40 or 4K"),
        ("+x=1", 1, "+x=1", "size 'x=1' is no number like 64, 0x40 or 4K"),
        ("+-1", 1, "+-1", "size '-1' is negative"),
        ("--0,+10", 1, "--0", "index '-0' is negative"),
        (
            "+1,+99999999999999999999",
            2,
            "+99999999999999999999",
            "size '99999999999999999999' does not fit into 64 bits",
        ),
        ("-0", 1, "-0", NOT_ALLOCATED),
        ("-0,+10", 1, "-0", NOT_ALLOCATED),
        ("+10,-1", 2, "-1", NOT_ALLOCATED),
        ("+10,+20,-2", 3, "-2", NOT_ALLOCATED),
        ("+10,-0,-0", 3, "-0", "it frees what the list has freed already"),
    ],
)
def test_a_bad_list_does_nothing_and_says_where_it_is_bad(
    heap: Heap, text: str, place: int, operation: str, why: str
) -> None:
    heap.alloc(100)
    message = f"operation {place} of the list, '{operation}': {why}"
    assert refusal(heap, f"ops {text}", "bad-argument").message == message


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "something is missing; usage: ops LIST"),
        ("+10 +20", "one argument too many: '+20'; usage: ops LIST"),
        ("x=5", "unknown option 'x'; usage: ops LIST"),
        ("+10 --force", "unknown option '--force'; usage: ops LIST"),
    ],
)
def test_what_is_no_list_is_refused(heap: Heap, words: str, message: str) -> None:
    assert refusal(heap, f"ops {words}", "bad-argument").message == message


@pytest.mark.parametrize("design", LIVING)
def test_what_ops_cannot_allocate_has_no_block(heap: Heap, design: str) -> None:
    heap.use(design)
    first, second, third = heap.ops("+1M,+10,-0")
    assert first.block is None and third.block is None
    assert second.block is not None and second.block.id == 1
    assert heap.stats().failures == 1
    assert [block.id for block in heap.blocks()] == [1]
