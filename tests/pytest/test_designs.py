# SPDX-License-Identifier: MIT
"""Every design and every policy on the booted kernel, and the commands that show them at work."""

from __future__ import annotations

import itertools
import random
from typing import Any, Callable

import golden
import pytest
from first_fit import HEAP_SIZE, HEAP_START
from heap44 import Heap, Machine, Rest, Search
from heap44.errors import OutOfMemory, WouldLoseBlocks
from policy_list import FITS, ORDERS, PolicyList
from support import HEAP_END, is_whole, refusal, state

Boot = Callable[..., Machine]

LIVING = ("linked-list", "indexed", "bump", "fixed-size-block", "buddy", "tlsf")
ALL = (*LIVING, "dummy")
POLICIES = tuple(
    f"fit={fit} order={order} coalesce={coalesce}"
    for fit, order, coalesce in itertools.product(FITS, ORDERS, ("on", "off"))
)
# One way to set a heap up each: a design by name, or a policy of the linked list.
SETTINGS = tuple(f"allocator {name}" for name in LIVING) + tuple(f"policy {p}" for p in POLICIES)
# Where a look at all of the heap is what takes time: each value of each option once or more.
FEWER_SETTINGS = SETTINGS[: len(LIVING)] + SETTINGS[len(LIVING) :: 5]


def at(offset: int) -> int:
    return HEAP_START + offset


def holes(heap: Heap) -> list[tuple[int, int]]:
    """The holes in list order: offset in the heap, size."""
    return [(hole.address - HEAP_START, hole.size) for hole in heap.freelist().holes]


def assert_sound(heap: Heap) -> None:
    """The design agrees with the ledger, the cells cover the heap, and the figures add up."""
    check = heap.check()
    assert check.consistent and check.problems == ()
    position = HEAP_START
    for cell in heap.heapmap().cells:
        assert cell.address == position and cell.size > 0
        position += cell.size
    assert position == HEAP_END
    stats, free = heap.stats(), heap.freelist()
    assert stats.size == HEAP_SIZE and stats.used + stats.free == stats.size
    assert stats.free == sum(hole.size for hole in free.holes)
    assert stats.live == len(heap.blocks())


def memory(machine: Machine) -> bytes:
    return machine.qmp.virtual_memory(HEAP_START, HEAP_SIZE)


# --- the seed's programs ---


@pytest.mark.parametrize("command", ("boxtest", "vectest 1000", "showcase", "manyboxes"))
@pytest.mark.parametrize("design", LIVING)
def test_the_programs_of_the_seed_pass(heap: Heap, design: str, command: str) -> None:
    heap.use(design)
    assert heap.trial(command).passed
    assert heap.stats().live == 0
    assert_sound(heap)


@pytest.mark.parametrize("design", [name for name in LIVING if name != "bump"])
def test_many_boxes_beside_one_that_lives(heap: Heap, design: str) -> None:
    heap.use(design)
    assert heap.trial("manyboxes keep=on").passed
    assert heap.stats().live == 0


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
    assert (run.allocations, run.frees, run.failures) == (0, 0, 20)
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
    assert run.operations == 300 == run.allocations + run.frees + run.failures
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


@pytest.mark.parametrize("name", golden.NAMES)
def test_indexed_places_blocks_as_the_golden_trace(heap: Heap, name: str) -> None:
    heap.use("indexed")
    trace = golden.load(name)
    commands = golden.commands(trace)[:300]
    addresses = golden.replay(commands, heap)
    assert addresses and tuple(addresses) == trace.addresses[: len(addresses)]
    if len(commands) == len(trace.steps):
        assert tuple((hole.address, hole.size) for hole in heap.freelist().holes) == trace.holes
    assert heap.check().consistent


# --- choosing ---


@pytest.mark.parametrize("design", ALL)
def test_a_design_is_chosen_by_name(heap: Heap, design: str) -> None:
    choice = heap.use(design)
    assert choice.allocator == design == heap.stats().allocator
    assert set(ALL) <= set(choice.available)
    assert (choice.policy is not None) == (design == "linked-list")
    assert heap.policy() == choice


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


# --- policies ---


def textbook(heap: Heap, policy: str) -> None:
    """Holes of 104, 504, 200, 304 and 600 bytes, freed in this order, and no other."""
    heap.command(f"policy {policy}")
    for size in (100, 500, 200, 300, 600):
        heap.alloc(size)
        heap.alloc(16)
    heap.alloc(HEAP_SIZE - 0x700)
    assert heap.freelist().free == 0
    for number in (1, 3, 5, 7, 9):
        heap.free(f"#{number}")


def placed(heap: Heap, *sizes: int) -> list[int | None]:
    """Where blocks of these sizes come to lie, as offsets, or ``None``."""
    done = heap.ops(",".join(f"+{size}" for size in sizes))
    return [None if item.block is None else item.block.address - HEAP_START for item in done]


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


def history(seed: int, count: int, why: bool = False) -> tuple[list[str], list[tuple[int, int]]]:
    """Commands, and for each allocation's number its size and alignment."""
    source = random.Random(seed)
    commands: list[str] = []
    layouts: list[tuple[int, int]] = []
    live: list[int] = []
    for _ in range(count):
        if live and source.random() < 0.45:
            commands.append(f"free #{live.pop(source.randrange(len(live)))}")
            continue
        layout = (source.choice((1, 24, 40, 56, 200, 700)), source.choice((8, 8, 16, 64, 256)))
        layouts.append(layout)
        live.append(len(layouts))
        request = f"{layout[0]} align={layout[1]}"
        commands += [f"why {request}", f"alloc {request}"] if why else [f"alloc {request}"]
    return commands, layouts


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


# --- why ---


@pytest.mark.parametrize("setting", SETTINGS)
def test_why_tells_what_alloc_then_does(heap: Heap, setting: str) -> None:
    heap.command(setting)
    commands, _ = history(len(setting) + 3, 50, why=True)
    chosen: str | None = None
    for command, answer in zip(commands, heap.pipeline(commands), strict=True):
        assert answer["ok"], answer
        if command.startswith("why"):
            chosen = answer["chosen"]
            _assert_explained(answer)
        elif command.startswith("alloc"):
            assert chosen == answer["blocks"][0]["address"], command


def _assert_explained(answer: dict[str, Any]) -> None:
    """The block and what is left lie in one hole that was visited and fits."""
    search = Search.of(answer)
    assert search.chosen is not None
    inside = [hole for hole in search.visited if 0 <= search.chosen - hole.address < hole.size]
    assert len(inside) == 1 and inside[0].fits
    assert all(hole.reason for hole in search.visited)
    for rest in search.left:
        assert inside[0].address <= rest.address
        assert rest.address + rest.size <= inside[0].address + inside[0].size
        assert not rest.address <= search.chosen < rest.address + rest.size


@pytest.mark.parametrize("setting", FEWER_SETTINGS)
def test_why_changes_nothing(machine: Machine, heap: Heap, setting: str) -> None:
    heap.command(setting)
    heap.random(80, seed=3)
    before = state(heap), heap.stats(), memory(machine)
    for size, align in ((1, 1), (40, 64), (700, 4096), (HEAP_SIZE, 8)):
        first = heap.why(size, align=align)
        assert heap.why(size, align=align) == first
    assert (state(heap), heap.stats(), memory(machine)) == before


@pytest.mark.parametrize("design", ("linked-list", "indexed"))
def test_why_passes_over_a_hole_that_would_keep_8_bytes(heap: Heap, design: str) -> None:
    heap.use(design)
    heap.ops("+40,+16,-0")
    search = heap.why(32)
    assert [(hole.address - HEAP_START, hole.size, hole.fits) for hole in search.visited] == [
        (0, 40, False),
        (56, HEAP_SIZE - 56, True),
    ]
    assert "8 bytes" in search.visited[0].reason
    assert search.chosen == at(56)
    assert search.left == (Rest(at(88), HEAP_SIZE - 88),)
    assert heap.why(40).left == ()
    assert heap.why(24).left == (Rest(at(24), 16),)


@pytest.mark.parametrize("design", ("linked-list", "indexed"))
def test_why_leaves_the_padding_of_an_alignment(heap: Heap, design: str) -> None:
    heap.use(design)
    heap.ops("+80,+16,-0,+8")
    search = heap.why(32, align=64)
    assert [(hole.address - HEAP_START, hole.size, hole.fits) for hole in search.visited] == [
        (16, 64, False),
        (96, HEAP_SIZE - 96, True),
    ]
    assert "align" in search.visited[0].reason
    assert search.chosen == at(128)
    assert search.left == (Rest(at(96), 32), Rest(at(160), HEAP_SIZE - 160))


@pytest.mark.parametrize(
    ("policy", "visited", "chosen", "left"),
    (
        ("fit=first", [0, 0x78], 0x78, (0x150, 288)),
        ("fit=best", [0, 0x78, 0x280, 0x358, 0x498], 0x358, (0x430, 88)),
        ("fit=worst", [0, 0x78, 0x280, 0x358, 0x498], 0x498, (0x570, 384)),
        ("fit=first order=size", [0, 0x280, 0x358], 0x358, (0x430, 88)),
        ("fit=first order=recent", [0x498], 0x498, (0x570, 384)),
    ),
)
def test_why_visits_what_the_policy_looks_at(
    heap: Heap, policy: str, visited: list[int], chosen: int, left: tuple[int, int]
) -> None:
    textbook(heap, policy)
    search = heap.why(212)
    assert [hole.address - HEAP_START for hole in search.visited] == visited
    assert search.chosen == at(chosen)
    assert search.left == (Rest(at(left[0]), left[1]),)


def test_why_under_next_fit_goes_round(heap: Heap) -> None:
    textbook(heap, "fit=next")
    assert placed(heap, 417) == [0x78]  # 80 bytes are left at 0x220
    assert [hole.address - HEAP_START for hole in heap.why(212).visited] == [0x220, 0x280, 0x358]
    assert placed(heap, 592) == [None]  # 8 bytes would be left
    assert placed(heap, 600) == [0x498]  # its successor is the list's beginning
    assert [hole.address - HEAP_START for hole in heap.why(100).visited] == [0]
    search = heap.why(5000)
    assert (len(search.visited), search.chosen, search.left) == (4, None, ())
    assert {hole.reason for hole in search.visited} == {"too small"}


def test_why_refuses_bad_arguments(heap: Heap) -> None:
    for command in ("why", "why x", "why -1", "why 8 align=3", "why 8 align=0", "why 8 9"):
        refusal(heap, command, "bad-argument")
    refusal(heap, "why 8 count=2", "bad-argument")


# --- ops ---


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


@pytest.mark.parametrize(
    "text",
    (
        *("10", "+", "-", "+10,,+20", ",+10", "+x", "+-1", "-0", "+10,-1", "+10,-0,-0"),
        *("-0,+10", "+10,+20,-2", "+10 +20", "+10,*", "", "+99999999999999999999"),
        "+10,",
    ),
)
def test_a_bad_list_does_nothing(heap: Heap, text: str) -> None:
    heap.alloc(100)
    refusal(heap, f"ops {text}", "bad-argument")


@pytest.mark.parametrize("design", LIVING)
def test_what_ops_cannot_allocate_has_no_block(heap: Heap, design: str) -> None:
    heap.use(design)
    first, second, third = heap.ops("+1M,+10,-0")
    assert first.block is None and third.block is None
    assert second.block is not None and second.block.id == 1
    assert heap.stats().failures == 1
    assert [block.id for block in heap.blocks()] == [1]


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


def test_compare_runs_the_same_commands_against_each_design(heap: Heap) -> None:
    answer = heap.command('compare "alloc 100 count=9; free odd; alloc 64"')
    found = {each["allocator"]: each for each in answer["results"]}
    names = ["linked-list", "indexed", "bump", "fixed-size-block", "buddy", "tlsf", "guard-page"]
    assert list(found) == names
    for each in found.values():
        assert [inner["ok"] for inner in each["results"]] == [True, True, True]
        assert each["stats"]["live"] == 5
        assert each["stats"]["used"] + each["stats"]["free"] == each["stats"]["size"]
    assert found["linked-list"]["stats"] == found["indexed"]["stats"]
    assert found["linked-list"]["stats"]["used"] == 4 * 104 + 64
    assert found["buddy"]["stats"]["used"] == 4 * 128 + 64
    assert found["bump"]["stats"]["holes"] == 1


def test_compare_leaves_an_empty_heap_of_the_same_design(heap: Heap) -> None:
    heap.policy(fit="best")
    heap.command('compare "alloc 10"')
    stats = heap.command("stats")
    assert stats["allocator"] == "linked-list"
    assert stats["policy"] == {"fit": "best", "order": "address", "coalesce": "on"}
    assert stats["live"] == 0 and stats["allocations"] == 0


def test_compare_goes_through_the_fits(heap: Heap) -> None:
    answer = heap.command('compare "alloc 100; alloc 16" by=policy')
    assert [each["policy"]["fit"] for each in answer["results"]] == [
        "first",
        "next",
        "best",
        "worst",
    ]


def test_compare_does_not_lose_blocks_unasked(heap: Heap) -> None:
    block = heap.alloc(10)
    with pytest.raises(WouldLoseBlocks):
        heap.command('compare "alloc 10"')
    assert heap.blocks() == [block]
    assert heap.command('compare "alloc 10" --force')["ok"]
