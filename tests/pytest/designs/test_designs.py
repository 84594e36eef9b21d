# SPDX-License-Identifier: MIT
"""Every design on the booted kernel, and the commands that show them at work."""

from __future__ import annotations

from typing import Callable

import pytest
from first_fit import HEAP_SIZE
from heap44 import Heap, Machine, Search
from heap44.errors import OutOfMemory, WouldLoseBlocks
from policy_list import FITS, ORDERS
from settings import ALL, FEWER_SETTINGS, LIVING, SETTINGS, assert_sound, holes, memory
from support import is_whole, refusal, state

Boot = Callable[..., Machine]


# --- the seed's programs ---


@pytest.mark.parametrize(
    "command",
    ("boxtest", "vectest 1000", "showcase", "manyboxes 3000"),
)
@pytest.mark.parametrize("design", LIVING)
def test_the_programs_of_the_seed_pass(heap: Heap, design: str, command: str) -> None:
    heap.use(design)
    assert heap.trial(command).passed
    assert heap.stats().live == 0
    assert_sound(heap)


@pytest.mark.parametrize("command", ("manyboxes", "manyboxes keep=on"))
@pytest.mark.parametrize("design", LIVING)
def test_as_many_boxes_as_the_heap_has_bytes(host: Heap, design: str, command: str) -> None:
    """On the host, where that many are made in no time; the kernel's are in test_containers.py."""
    if (design, command) == ("bump", "manyboxes keep=on"):
        pytest.skip("bump cannot reuse memory beside a box that lives")
    host.use(design)
    assert host.trial(command).passed
    assert host.stats().live == 0
    assert_sound(host)


def test_bump_cannot_reuse_memory_beside_a_box_that_lives(heap: Heap) -> None:
    heap.use("bump")
    with pytest.raises(OutOfMemory) as caught:
        heap.trial("manyboxes keep=on")
    assert caught.value.message.startswith("allocation error: Layout { size: ")
    assert_sound(heap)


def test_showcase_under_indexed_has_the_addresses_of_the_post(heap: Heap) -> None:
    heap.use("indexed")
    trial = heap.showcase()
    addresses = [step["address"] for step in trial.steps if step.get("address")]
    assert addresses == ["0x444444440000", "0x444444440800"]
    assert heap.text("reset; showcase").splitlines()[-5:] == [
        *("heap_value at 0x444444440000", "vec at 0x444444440800"),
        *("current reference count is 2", "reference count is 1 now", "It did not crash!"),
    ]


def test_dummy_gives_nothing(heap: Heap) -> None:
    heap.use("dummy")
    refusal(heap, "alloc 1", "out-of-memory")
    run = heap.random(20, seed=1)
    assert (run.allocations, run.frees, run.failures, run.passed_over) == (0, 0, 13, 7)
    assert heap.why(1) == Search((), None, ())
    assert [cell.kind for cell in heap.heapmap().cells] == ["overhead"]
    assert_sound(heap)
    with pytest.raises(OutOfMemory):
        heap.showcase()


# --- histories ---


@pytest.mark.parametrize("setting", FEWER_SETTINGS)
def test_a_random_history_leaves_a_sound_heap(heap: Heap, setting: str) -> None:
    heap.command(setting)
    run = heap.random(300, seed=44)
    sums = run.allocations + run.frees + run.failures + run.passed_over
    assert run.operations == 300 == sums
    assert heap.stats().live == run.allocations - run.frees > 0
    assert_sound(heap)
    heap.free_all()
    assert_sound(heap)
    assert heap.stats().free == HEAP_SIZE or "fixed-size-block" in setting


@pytest.mark.parametrize("design", ("linked-list", "indexed", "tlsf", "bump"))
def test_all_freed_is_one_hole_again(heap: Heap, design: str) -> None:
    heap.use(design)
    heap.random(300, seed=7)
    assert not is_whole(heap)
    heap.free_all()
    assert is_whole(heap)


def test_all_freed_is_the_fresh_heap_again_under_buddy(heap: Heap) -> None:
    heap.use("buddy")
    fresh = sorted(holes(heap))
    assert fresh == [(0, 0x10000), (0x10000, 0x8000), (0x18000, 0x1000)]
    heap.random(300, seed=7)
    heap.free_all()
    assert sorted(holes(heap)) == fresh


def test_freed_blocks_stay_in_their_class_under_fixed_size_block(heap: Heap) -> None:
    heap.use("fixed-size-block")
    heap.alloc(64, count=3)
    heap.free_all()
    assert sorted(holes(heap)) == [(0, 64), (64, 64), (128, 64), (192, HEAP_SIZE - 192)]


@pytest.mark.parametrize("design", LIVING)
def test_the_same_seed_does_the_same(heap: Heap, design: str) -> None:
    heap.use(design)
    seen = []
    for seed in (5, 5, 6):
        heap.reset()
        seen.append((heap.random(200, seed=seed), heap.freelist(), heap.blocks()))
    assert seen[0] == seen[1]
    assert seen[0][1:] != seen[2][1:]


@pytest.mark.parametrize("command", ("random", "random 0", "random -1", "random x", "random 5 6"))
def test_random_refuses_bad_arguments(heap: Heap, command: str) -> None:
    heap.alloc(10)
    refusal(heap, command, "bad-argument")
    refusal(heap, "random 5 seed=x", "bad-argument")


# --- choosing ---


@pytest.mark.parametrize("design", ALL)
def test_a_design_is_chosen_by_name(heap: Heap, design: str) -> None:
    in_force = heap.use(design)
    assert in_force.allocator == design == heap.stats().allocator
    assert set(ALL) <= set(in_force.available)
    assert (in_force.policy is not None) == (design == "linked-list")
    assert heap.policy() == in_force


@pytest.mark.parametrize("design", [name for name in ALL if name != "linked-list"])
def test_switching_would_lose_blocks(heap: Heap, design: str) -> None:
    heap.alloc(100, count=3)
    assert "3" in refusal(heap, f"allocator {design}", "would-lose-blocks").message
    assert heap.use(design, force=True).allocator == design
    assert heap.blocks() == [] and heap.stats().allocations == 0
    if design == "dummy":
        return
    assert heap.alloc(10).id == 1
    with pytest.raises(WouldLoseBlocks):
        heap.use("linked-list")
    assert len(heap.blocks()) == 1


@pytest.mark.parametrize("option", ("fit=best", "order=size", "coalesce=off"))
def test_a_new_policy_would_lose_blocks(heap: Heap, option: str) -> None:
    heap.alloc(100, count=2)
    assert "2" in refusal(heap, f"policy {option}", "would-lose-blocks").message
    before = heap.policy()
    assert heap.command(f"policy {option} --force")["ok"]
    assert heap.blocks() == [] and heap.policy() != before and is_whole(heap)


@pytest.mark.parametrize("design", LIVING)
def test_an_unknown_design_is_refused_with_the_list(heap: Heap, design: str) -> None:
    heap.use(design)
    heap.alloc(10)
    message = refusal(heap, "allocator nosuch", "bad-argument").message
    assert all(name in message for name in ALL)
    assert heap.stats().allocator == design


@pytest.mark.parametrize(
    ("option", "names"), (("fit", FITS), ("order", ORDERS), ("coalesce", ("on", "off")))
)
def test_an_unknown_policy_is_refused_with_the_list(
    heap: Heap, option: str, names: tuple[str, ...]
) -> None:
    heap.alloc(10)
    message = refusal(heap, f"policy {option}=nosuch --force", "bad-argument").message
    assert all(name in message for name in names)
    refusal(heap, f"policy {option}=", "bad-argument")
    refusal(heap, "policy nosuch=first", "bad-argument")


@pytest.mark.parametrize("design", [name for name in ALL if name != "linked-list"])
def test_a_policy_is_the_linked_lists(heap: Heap, design: str) -> None:
    heap.use(design)
    refusal(heap, "policy fit=best", "not-supported")
    refusal(heap, "policy order=size coalesce=off --force", "not-supported")
    assert heap.policy().policy is None


def test_a_policy_survives_a_reset_and_names_only_what_changes(heap: Heap) -> None:
    heap.policy(fit="next")
    policy = heap.policy(order="recent", coalesce=False).policy
    assert policy is not None
    assert (policy.fit, policy.order, policy.coalesce) == ("next", "recent", False)
    heap.reset()
    assert heap.policy().policy == policy
    assert heap.stats().policy == {"fit": "next", "order": "recent", "coalesce": "off"}


@pytest.mark.parametrize("design", ALL)
def test_a_machine_starts_with_the_design_of_its_options(boot: Boot, design: str) -> None:
    heap = Heap(boot(options=f"heap44.allocator={design}").console)
    assert heap.policy().allocator == design
    if design != "dummy":
        assert heap.trial("vectest 1000").passed
    assert_sound(heap)


# --- refusals ---


@pytest.mark.parametrize("setting", ("policy fit=next order=recent coalesce=off", *SETTINGS[:6]))
def test_a_refused_count_leaves_every_byte(machine: Machine, heap: Heap, setting: str) -> None:
    heap.command(setting)
    heap.random(120, seed=9)
    # Beside the bytes: where the next search begins.
    before = state(heap), heap.why(24), memory(machine)
    for command in ("alloc 500 count=1000", "alloc 24 align=512 count=300 name=a"):
        refusal(heap, command, "out-of-memory")
    assert (state(heap), heap.why(24), memory(machine)) == before
    assert_sound(heap)
