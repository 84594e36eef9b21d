# SPDX-License-Identifier: MIT
"""What happened on the heap, recorded, shown as commands, and done again at the same addresses."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

import pytest
from grub import grub_image
from heap44 import Heap, Machine
from support import refusal, state

Boot = Callable[..., Machine]

DESIGNS = ["linked-list", "indexed", "bump", "fixed-size-block", "buddy", "tlsf"]
WORK = ["alloc 64 name=a", "zalloc 10 align=64", "alloc 24 count=3 name=q", "free q2", "vectest 40"]
WORK += ["realloc a 500", "maptest", "free odd", "alloc 7 name=a2", "realloc a2 3", "showcase"]


def _places(heap: Heap) -> list[tuple[int, str | None, int, int, int, int]]:
    return [
        (block.id, block.name, block.address, block.size, block.align, block.block_size)
        for block in heap.blocks()
    ]


def _work(heap: Heap) -> None:
    assert all(answer["ok"] for answer in heap.pipeline(WORK))


@pytest.mark.parametrize("design", DESIGNS)
def test_pasting_a_trace_repeats_every_address(either: Heap, design: str) -> None:
    either.use(design)
    either.trace("on")
    _work(either)
    trace = either.trace("off")
    places, holes = _places(either), either.freelist()
    either.use("dummy", force=True)
    for line in trace.commands:
        assert all(answer["ok"] for answer in either.answers(line, line.count(";") + 1))
    assert either.allocator()["allocator"] == design
    assert (_places(either), either.freelist()) == (places, holes)


@pytest.mark.parametrize("design", DESIGNS)
def test_replay_repeats_every_address(either: Heap, design: str) -> None:
    either.use(design)
    either.trace("on")
    _work(either)
    places, holes = _places(either), either.freelist()
    refusal(either, "replay", "would-lose-blocks")
    replayed = either.replay(force=True)
    assert replayed.identical and replayed.done == len(either.trace("show").events)
    assert (_places(either), either.freelist()) == (places, holes)
    assert either.check().consistent


@pytest.mark.parametrize("policy", ["fit=next", "fit=best order=size", "order=recent coalesce=off"])
def test_policies_are_part_of_a_trace(either: Heap, policy: str) -> None:
    either.command(f"policy {policy}")
    either.trace("on")
    _work(either)
    places = _places(either)
    assert policy.split()[0] in either.trace("off").commands[0]
    either.command("policy fit=first order=address coalesce=on --force")
    assert either.replay(force=True).identical
    assert _places(either) == places


def test_a_trace_that_never_began_shows_no_commands(boot: Callable[..., Machine]) -> None:
    heap = Heap(boot().console)
    assert heap.trace("show").commands == ()
    text = heap.text("trace show")
    assert "nothing was recorded yet" in text
    assert all(line.startswith("#") for line in text.strip().splitlines())
    heap.trace("on")
    (beginning,) = heap.trace("show").commands
    assert beginning.startswith("allocator linked-list --force; ")
    assert beginning.endswith("; reset")


def test_the_text_itself_can_be_pasted(heap: Heap) -> None:
    heap.trace("on")
    _work(heap)
    places = _places(heap)
    script = heap.text("trace show").splitlines()
    assert any("zalloc 10 align=64" in line and "# #2 at 0x4444" in line for line in script)
    assert any("by vectest" in line for line in script)
    heap.trace("off")
    heap.reset()
    heap.alloc(4000)
    for line in script:
        heap.text(line)
    assert _places(heap) == places


def test_events_tell_who_did_what(either: Heap) -> None:
    either.trace("on")
    block = either.alloc(100, align=32, name="x")
    either.realloc(block, 50)
    either.free(block)
    either.trial("boxtest")
    trace = either.trace("off")
    first, second, third = trace.events[:3]
    assert (first["event"], first["id"], first["name"]) == ("alloc", block.id, "x")
    assert (first["address"], first["size"], first["align"]) == (f"{block.address:#x}", 100, 32)
    assert (second["event"], second["size"], third["event"]) == ("realloc", 50, "free")
    assert first["caller"].startswith("alloc") and second["caller"].startswith("realloc")
    assert first["n"] < second["n"] < third["n"]
    assert [event["event"] for event in trace.events[3:]] == ["alloc", "alloc", "free", "free"]
    assert all("boxtest" in event["caller"] for event in trace.events[3:])
    assert trace.dropped == 0 and not trace.on


@pytest.mark.expects("double-free")
@pytest.mark.parametrize(
    "command",
    ["alloc 200000", "alloc 30000 count=4", "free #1 #1", "why 64", "realloc #1 200000", "heapmap"],
)
def test_what_was_refused_or_only_tried_is_not_recorded(either: Heap, command: str) -> None:
    either.alloc(64)
    either.trace("on")
    either.answer(command)
    assert either.trace("off").events == ()


def test_a_reset_and_another_design_are_recorded(either: Heap) -> None:
    either.trace("on")
    either.alloc(64)
    either.reset()
    either.alloc(32)
    either.use("buddy", force=True)
    either.alloc(16, name="last")
    trace = either.trace("off")
    assert trace.commands[1:] == (
        *("alloc 64", "reset", "alloc 32", "allocator buddy --force; reset", "alloc 16 name=last"),
    )
    places = _places(either)
    either.use("linked-list", force=True)
    assert either.replay(force=True).identical
    assert (either.allocator()["allocator"], _places(either)) == ("buddy", places)


def test_numbers_count_from_the_beginning_of_the_trace(either: Heap) -> None:
    either.free(either.alloc(8))
    either.trace("on")
    either.free(either.alloc(16))
    assert either.trace("off").commands[1:] == ("alloc 16", "free #1")


def test_blocks_from_before_are_named_and_keep_replay_away(either: Heap) -> None:
    old = either.alloc(64)
    either.trace("on")
    either.free(old)
    either.alloc(32)
    trace = either.trace("off")
    assert (trace.live_before, len(trace.events)) == (1, 2)
    assert trace.commands[1:] == ("alloc 32",), "no command can free what is not there"
    error = refusal(either, "replay --force", "not-supported")
    assert "1 block was live" in str(error)


def test_nothing_recorded_is_nothing_to_replay(either: Heap) -> None:
    either.trace("on")
    either.trace("off")
    refusal(either, "replay", "not-supported")
    either.alloc(8)
    assert either.trace().records == 0, "off is off"


def test_what_does_not_fit_is_dropped_and_counted(host: Heap) -> None:
    host.trace("on")
    host.command("manyboxes 5000")
    trace = host.trace("off")
    assert (trace.records, trace.dropped) == (8192, 10000 - 8192)
    replayed = host.replay()
    assert replayed.identical and (replayed.done, replayed.dropped) == (8192, 1808)
    assert "1808" in str(host.answer("trace"))


def test_another_address_is_noticed(either: Heap) -> None:
    either.trace("on")
    either.alloc(64, name="a")
    either.alloc(32, name="b")
    either.trace("off")
    either.failafter(2)
    replayed = either.replay(force=True)
    assert not replayed.identical and (replayed.done, replayed.elsewhere) == (1, 1)
    assert replayed.first_elsewhere is not None
    assert (replayed.first_elsewhere["name"], replayed.first_elsewhere["found"]) == ("b", None)
    assert either.check().consistent


def test_a_trace_goes_on_behind_its_replay(either: Heap) -> None:
    either.trace("on")
    either.alloc(64)
    either.alloc(32)
    either.replay(force=True)
    either.free("#1")
    either.alloc(16)
    assert either.trace("off").commands[1:] == ("alloc 64", "alloc 32", "free #1", "alloc 16")
    before = state(either)
    assert either.replay(force=True).identical
    assert state(either)[:3] == before[:3]


@pytest.mark.parametrize("words", ["maybe", "on off", "--force", "show=1"])
def test_a_bad_word_is_refused(either: Heap, words: str) -> None:
    refusal(either, f"trace {words}", "bad-argument")


def test_without_a_module_there_is_none_to_replay(either: Heap) -> None:
    error = refusal(either, "replay --module", "not-supported")
    assert "module2" in str(error)


def _recorded(heap: Heap) -> tuple[str, list[tuple[int, str | None, int, int, int, int]]]:
    heap.trace("on")
    _work(heap)
    return heap.text("trace show"), _places(heap)


def test_a_module_repeats_a_trace_under_pvh(boot: Boot, heap: Heap, tmp_path: Path) -> None:
    script, places = _recorded(heap)
    (tmp_path / "trace.txt").write_text(script)
    other = Heap(boot(extra=["-initrd", str(tmp_path / "trace.txt")]).console)
    other.alloc(5000)
    answer = other.replay_module()
    assert answer["failed"] == 0 and not answer["interrupted"]
    assert _places(other) == places


def test_a_module_repeats_a_trace_under_grub(boot: Boot, heap: Heap, tmp_path: Path) -> None:
    script, places = _recorded(heap)
    configuration = "multiboot2 /boot/heap44.elf\nmodule2 /boot/trace.txt\nboot\n"
    image = grub_image(tmp_path, configuration, {"trace.txt": script})
    other = Heap(boot("bios", image=image).console)
    assert other.replay_module()["failed"] == 0
    assert _places(other) == places


def test_bad_lines_of_a_module_are_named_and_the_rest_is_run(boot: Boot, tmp_path: Path) -> None:
    lines = [b"# a comment", b"alloc 64 name=a", b"nosuch", b"", b'echo "open', b"alloc \x01\xff 8"]
    lines += [b"alloc 8 name=" + b"x" * 1024, b"free #9; alloc 16 name=b\r", b"alloc 24 name=c"]
    (tmp_path / "bad.txt").write_bytes(b"\n".join(lines))
    machine = boot(extra=["-initrd", str(tmp_path / "bad.txt")])
    heap = Heap(machine.console)
    answer = heap.replay_module()
    failures = {
        item["line"]: result["error"]["code"]
        for item in answer["results"]
        for result in item["results"]
        if not result["ok"]
    }
    assert failures == {
        **{3: "unknown-command", 5: "bad-argument", 6: "line-damaged", 7: "line-too-long"},
        **{8: "no-such-block"},
    }
    assert (answer["lines"], answer["failed"]) == (7, 5)
    assert [block.name for block in heap.blocks()] == ["a", "b", "c"]
    assert "line 3: unknown-command" in heap.text("reset; replay --module")
