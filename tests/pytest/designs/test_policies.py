# SPDX-License-Identifier: MIT
"""What each policy of the linked list does: the exercises of the textbook, ties, and a model."""

from __future__ import annotations

import pytest
from first_fit import HEAP_SIZE
from heap44 import Heap
from policy_list import PolicyList
from settings import POLICIES, assert_sound, at, history, holes, placed, textbook


@pytest.mark.parametrize(
    ("policy", "offsets"),
    (
        ("fit=first order=address", [0x78, 0x498, 0x150, None]),
        ("fit=next order=address", [0x78, 0x498, 0x640, None]),
        ("fit=best order=address", [0x358, 0x78, 0x280, 0x498]),
        ("fit=worst order=address", [0x498, 0x78, 0x570, None]),
        ("fit=first order=size", [0x358, 0x78, 0x280, 0x498]),
        ("fit=best order=size", [0x358, 0x78, 0x280, 0x498]),
        ("fit=first order=recent", [0x498, 0x78, 0x570, None]),
        ("fit=best order=recent", [0x358, 0x78, 0x280, 0x498]),
        ("fit=next order=recent", [0x498, 0x78, 0x570, None]),
    ),
)
def test_the_exercise_of_the_textbook(heap: Heap, policy: str, offsets: list[int | None]) -> None:
    textbook(heap, policy)
    assert placed(heap, 212, 417, 112, 426) == offsets
    assert_sound(heap)


@pytest.mark.parametrize(
    ("order", "offsets"),
    (
        ("address", [0, 0x78, 0x280, 0x358, 0x498]),
        ("size", [0, 0x280, 0x358, 0x78, 0x498]),
        ("recent", [0x498, 0x358, 0x280, 0x78, 0]),
    ),
)
def test_holes_are_listed_in_their_order(heap: Heap, order: str, offsets: list[int]) -> None:
    textbook(heap, f"order={order}")
    assert [offset for offset, _ in holes(heap)] == offsets


@pytest.mark.parametrize(
    ("policy", "offset"),
    (
        ("fit=best order=address", 0),
        ("fit=best order=recent", 64),
        ("fit=best order=size", 128),
        ("fit=worst order=address", 0),
        ("fit=worst order=recent", 64),
        ("fit=worst order=size", 128),
        ("fit=first order=address", 0),
        ("fit=first order=size", 128),
        ("fit=first order=recent", 64),
    ),
)
def test_ties_go_to_the_first_in_the_list(heap: Heap, policy: str, offset: int) -> None:
    heap.command(f"policy {policy}")
    heap.alloc(48)
    for _ in range(2):
        heap.alloc(16)
        heap.alloc(48)
    heap.alloc(HEAP_SIZE - 176)
    for hole in (128, 0, 64):
        heap.free(at(hole))
    assert placed(heap, 48) == [offset]


@pytest.mark.parametrize(("fit", "second"), (("first", 0), ("next", 128)))
def test_next_fit_goes_on_at_the_successor_and_comes_round(
    heap: Heap, fit: str, second: int
) -> None:
    heap.policy(fit=fit)
    for size in (48, 16, 48, 16, 48):
        heap.alloc(size)
    heap.alloc(HEAP_SIZE - 176)
    for hole in (0, 64, 128):
        heap.free(at(hole))
    assert placed(heap, 48, 48) == [0, 64]
    heap.free(at(0))
    assert placed(heap, 48) == [second]
    assert placed(heap, 48) == [128 - second]
    assert placed(heap, 48) == [None]


@pytest.mark.parametrize(
    ("coalesce", "listed", "offset"),
    (
        (True, [(0, HEAP_SIZE)], 0),
        (False, [(0, 40), (40, 40), (80, 40), (120, HEAP_SIZE - 120)], 120),
    ),
)
def test_joining_is_what_makes_room(
    heap: Heap, coalesce: bool, listed: list[tuple[int, int]], offset: int
) -> None:
    heap.policy(coalesce=coalesce)
    heap.alloc(40, count=3)
    heap.free_all()
    assert holes(heap) == listed
    assert placed(heap, 100) == [offset]


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_does_as_its_model(heap: Heap, policy: str) -> None:
    fit, order, coalesce = (word.partition("=")[2] for word in policy.split())
    model = PolicyList(fit, order, coalesce == "on")
    heap.command(f"policy {policy}")
    commands, layouts = history(len(policy), 120)
    addresses: list[int] = []
    for command, answer in zip(commands, heap.pipeline(commands), strict=True):
        assert answer["ok"], answer
        if command.startswith("alloc"):
            expected = model.allocate(*layouts[len(addresses)])
            addresses.append(int(answer["blocks"][0]["address"], 16))
            assert addresses[-1] == expected, command
        else:
            number = int(command.partition("#")[2]) - 1
            model.free(addresses[number], layouts[number][0])
    assert [(hole.address, hole.size) for hole in heap.freelist().holes] == model.holes
    assert heap.check().consistent
