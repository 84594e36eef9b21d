# SPDX-License-Identifier: MIT
"""The shell's commands as typed methods. Each raises the `Heap44Error` that the shell answers."""

from __future__ import annotations

from typing import Any, Union, overload

from heap44.model import (
    Block,
    Check,
    Choice,
    FreeList,
    HeapMap,
    JsonObject,
    Stats,
    address_of,
    optional_address,
)
from heap44.reports import Frames, Mishap, PageWalk, Place, Region, Repair, Report
from heap44.runs import (
    BenchResult,
    Difference,
    Operation,
    RandomRun,
    Replay,
    Search,
    SnapshotUsed,
    StepsTaken,
    StressRun,
    Trace,
    Trial,
)
from heap44.session import Session

Size = Union[int, str]
"""Bytes as a number, or as the shell writes them: ``"4K"``, ``"0x40"``."""

BlockLike = Union[Block, int, str]
"""A block, an address, or the shell's own words: ``"#3"``, a name."""


class Heap(Session):
    """A heap behind a shell."""

    # --- allocate ---

    @overload
    def alloc(
        self, size: Size, *, align: int | None = None, count: None = None, name: str | None = None
    ) -> Block: ...

    @overload
    def alloc(
        self, size: Size, *, align: int | None = None, count: int, name: str | None = None
    ) -> list[Block]: ...

    def alloc(
        self,
        size: Size,
        *,
        align: int | None = None,
        count: int | None = None,
        name: str | None = None,
    ) -> Block | list[Block]:
        """Allocates a block, or with ``count`` a list of as many, all or none.

        Raises `OutOfMemory`, `BadArgument`, `NameInUse`.
        """
        blocks = self._blocks(f"alloc {size}{_options(align=align, count=count, name=name)}")
        return blocks[0] if count is None else blocks

    def zalloc(self, size: Size, *, align: int | None = None, name: str | None = None) -> Block:
        """`alloc` of one block whose bytes are zero."""
        return self._blocks(f"zalloc {size}{_options(align=align, name=name)}")[0]

    def realloc(self, block: BlockLike, size: Size) -> Block:
        """Resizes a block; it may move, and keeps its number, its name and its bytes."""
        return self._blocks(f"realloc {_word(block)} {size}")[0]

    def free(self, *blocks: BlockLike) -> list[Block]:
        """Frees blocks, all or none; the freed ones. Raises `DoubleFree` and its relatives."""
        answer = self.command("free " + " ".join(_word(block) for block in blocks))
        return [Block.of(item) for item in answer["freed"]]

    def free_all(self) -> list[Block]:
        """Frees every live block."""
        return self.free("all")

    def free_odd(self) -> list[Block]:
        """Frees the first, third, … block in address order."""
        return self.free("odd")

    def free_even(self) -> list[Block]:
        """Frees the second, fourth, … block in address order."""
        return self.free("even")

    def reset(self) -> int:
        """Empties the heap and forgets all; the number of blocks then live."""
        return int(self.command("reset")["live"])

    # --- look ---

    def heapmap(self) -> HeapMap:
        """The whole heap in cells."""
        return HeapMap.of(self.command("heapmap"))

    def freelist(self) -> FreeList:
        """The holes in list order."""
        return FreeList.of(self.command("freelist"))

    def blocks(self) -> list[Block]:
        """The live blocks by address."""
        return self._blocks("blocks")

    def block(self, block: BlockLike) -> Block:
        """One block, live or freed."""
        return Block.of(self.command(f"block {_word(block)}")["block"])

    def stats(self) -> Stats:
        """The heap's figures."""
        return Stats.of(self.command("stats"))

    def check(self) -> Check:
        """Lets the heap check itself."""
        answer = self.command("check")
        return Check(answer["consistent"], tuple(answer["problems"]), answer.get("reused"))

    def mark(self) -> int:
        """Remembers this moment for `leaks`; the number of live blocks."""
        return int(self.command("mark")["live"])

    def leaks(self) -> list[Block]:
        """The live blocks allocated since `mark`."""
        return self._blocks("leaks")

    # --- C++ on the heap ---

    def showcase(self) -> Trial:
        """The seed program."""
        return self.trial("showcase")

    def vectest(self, count: int | None = None) -> Trial:
        """A growing vector, and its sum."""
        return self.trial("vectest" + ("" if count is None else f" {count}"))

    def trial(self, command: str) -> Trial:
        """Any of the C++ commands: ``boxtest``, ``maptest``, ``manyboxes keep=on``…"""
        answer = self.command(command)
        return Trial(answer["passed"], tuple(answer["steps"]))

    # --- memory ---

    def peek(self, address: int, length: int | None = None) -> bytes:
        """Bytes of mapped memory. Raises `Unmapped`."""
        text = f"peek {address:#x}" + ("" if length is None else f" {length}")
        return bytes.fromhex(self.command(text)["bytes"])

    def poke(self, address: int, data: bytes, *, force: bool = False) -> str | None:
        """Writes ``data``; the warning where only ``force`` made that possible.

        Raises `Heap44Error` with the code use-after-free, overflow or underflow for what is not a
        live block's payload.
        """
        words = f"poke {address:#x} {data.hex()}" + (" --force" if force else "")
        warning: str | None = self.command(words)["warning"]
        return warning

    def fill(self, block: BlockLike, byte: int, *, force: bool = False) -> str | None:
        """Fills a block's payload with one byte; the warning as with `poke`."""
        words = f"fill {_word(block)} {byte:02x}" + (" --force" if force else "")
        warning: str | None = self.command(words)["warning"]
        return warning

    def where(self, address: int) -> Place:
        """What stands at an address."""
        return Place.of(self.command(f"where {address:#x}"))

    def watch(self, address: int, length: int | None = None) -> None:
        """Lets the next write to 1, 2, 4 or 8 bytes be reported with the answer, as ``watched``."""
        self.command(f"watch {address:#x}" + ("" if length is None else f" {length}"))

    def unwatch(self) -> None:
        """Removes all watches."""
        self.command("watch off")

    def walk(self, address: int) -> PageWalk:
        """The page walk for a canonical address. Raises `Unmapped` where it ends nowhere."""
        answer = self.command(f"walk {address:#x}")
        physical = optional_address(answer["physical"])
        return PageWalk(address_of(answer["address"]), tuple(answer["levels"]), physical)

    def memmap(self) -> list[Region]:
        """The regions of virtual memory in use, in address order."""
        return [
            Region(address_of(item["start"]), address_of(item["end"]), item["kind"])
            for item in self.command("memmap")["regions"]
        ]

    def frames(self) -> Frames:
        """Counts of physical frames."""
        answer = self.command("frames")
        return Frames(answer["total"], answer["used"], answer["free"])

    # --- design ---

    def use(self, design: str, *, force: bool = False) -> Choice:
        """Changes the design of the heap, which empties it; the choice that is then in force.

        ``force`` gives up live blocks. Raises `WouldLoseBlocks`, `BadArgument`.
        """
        return Choice.of(self.allocator(design, force=force))

    def policy(
        self,
        *,
        fit: str | None = None,
        order: str | None = None,
        coalesce: bool | None = None,
        force: bool = False,
    ) -> Choice:
        """Asks for the policy in use, or changes what is named of it, which empties the heap.

        ``fit`` is first, next, best or worst, ``order`` address, size or recent; ``force`` gives up
        live blocks. Raises `WouldLoseBlocks`, `BadArgument`, and `NotSupported` under a design that
        has no policies.
        """
        joins = None if coalesce is None else "on" if coalesce else "off"
        words = _options(fit=fit, order=order, coalesce=joins) + (" --force" if force else "")
        return Choice.of(self.command(f"policy{words}"))

    def why(self, size: Size, *, align: int | None = None) -> Search:
        """The search for ``size`` bytes at a multiple of ``align``; it changes nothing."""
        return Search.of(self.command(f"why {size}{_options(align=align)}"))

    def ops(self, operations: str) -> list[Operation]:
        """Runs a list like ``"+10,+20,-0"``: sizes in bytes, and indices of its allocations.

        An operation for each item, in order. Raises `BadArgument` before anything is done.
        """
        answer = self.command(f"ops {operations}")
        return [Operation.of(item) for item in answer["operations"]]

    def random(self, count: int, *, seed: int | None = None) -> RandomRun:
        """Makes ``count`` allocations and frees, the same ones for the same ``seed``."""
        return RandomRun.of(self.command(f"random {count}{_options(seed=seed)}"))

    def bench(self, *designs: str, force: bool = False) -> list[BenchResult]:
        """Measures designs, all without names, workload by workload; that leaves an empty heap.

        ``force`` gives up live blocks. Raises `WouldLoseBlocks`, `BadArgument`.
        """
        words = ["bench", *designs, *(["--force"] if force else [])]
        return [BenchResult.of(item) for item in self.command(" ".join(words))["results"]]

    def stress(self, count: int, *, seed: int | None = None, force: bool = False) -> StressRun:
        """Makes ``count`` random operations, every answer checked; that leaves an empty heap.

        ``force`` gives up live blocks. Raises `WouldLoseBlocks`, `BadArgument`.
        """
        words = _options(seed=seed) + (" --force" if force else "")
        return StressRun.of(self.command(f"stress {count}{words}"))

    # --- time ---

    def trace(self, what: str = "") -> Trace:
        """``on`` begins to record, ``off`` ends it, ``show`` tells commands and events; what there
        is then, ``off`` and ``show`` with both."""
        if what == "off":
            self.command("trace off")
        return Trace.of(self.command("trace show" if what == "off" else f"trace {what}".rstrip()))

    def replay(self, *, force: bool = False) -> Replay:
        """Does what was traced again, from an empty heap. ``force`` gives up live blocks.

        Raises `WouldLoseBlocks`, and `NotSupported` where the trace does not tell how to begin.
        """
        return Replay.of(self.command("replay" + (" --force" if force else "")))

    def replay_module(self) -> JsonObject:
        """Runs the commands in the file that the boot loader brought along; the whole answer."""
        return self.command("replay --module")

    def undo(self, steps: int | None = None) -> StepsTaken:
        """Takes back the last ``steps`` changes, as many as there are. Raises `NothingToUndo`."""
        return StepsTaken.of(self.command("undo" + ("" if steps is None else f" {steps}")))

    def redo(self, steps: int | None = None) -> StepsTaken:
        """Does again what `undo` took back. Raises `NothingToUndo`."""
        return StepsTaken.of(self.command("redo" + ("" if steps is None else f" {steps}")))

    def snapshot(self, name: str) -> SnapshotUsed:
        """Remembers the heap as it is now, in place of a snapshot of the same name."""
        return SnapshotUsed.of(self.command(f"snapshot {name}"))

    def restore(self, name: str) -> SnapshotUsed:
        """Makes the heap what it was at a snapshot. Raises `NoSuchSnapshot`."""
        return SnapshotUsed.of(self.command(f"restore {name}"))

    def diff(self, name: str | None = None) -> Difference:
        """What is different from a snapshot, or without a name from before the last change."""
        return Difference.of(self.command("diff" + ("" if name is None else f" {name}")))

    # --- machine, session, trouble ---

    def failafter(self, count: int | str | None = None) -> int:
        """Lets the ``count``-th allocation from now fail (``off``: none); which one will."""
        text = "failafter" + ("" if count is None else f" {count}")
        return int(self.command(text)["count"])

    def uptime(self) -> int:
        """Milliseconds since boot."""
        return int(self.command("uptime")["ms"])

    def version(self) -> str:
        """The kernel's version."""
        return str(self.command("version")["version"])

    def fault(self, name: str) -> Report:
        """Provokes a fault of the processor; what it was reported as."""
        return Report.of(self.provoke(f"fault {name}")["report"])

    def lastfault(self) -> Report | None:
        """The last report, or ``None`` if there was none."""
        report = self.command("lastfault")["report"]
        return None if report is None else Report.of(report)

    def backtrace(self) -> list[str]:
        """The calls that lead to a command, the innermost first."""
        return list(self.command("backtrace")["backtrace"])

    def bug(self, name: str) -> Report:
        """Commits a bug; what it was reported as. ValueError where nothing noticed it."""
        report = self.commit(name).report
        if report is None:
            raise ValueError(f"bug {name}: nothing noticed it")
        return report

    def commit(self, name: str) -> Mishap:
        """Commits a bug: its source lines, and what was reported, if anything was."""
        return Mishap.of(self.provoke(f"bug {name}"))

    def asan(self, on: bool) -> bool:
        """Whether C++ code is stopped before a wrong access to the heap."""
        return bool(self.command(f"asan {'on' if on else 'off'}")["on"])

    def repair(self) -> Repair:
        """Puts right what `check` complains of; how much that was."""
        return Repair.of(self.command("repair"))

    def poison(self, on: bool | None = None) -> bool:
        """Whether free memory and padding are filled and watched; switches it, too."""
        word = "" if on is None else " on" if on else " off"
        return bool(self.command(f"poison{word}")["on"])

    def allocator(self, name: str | None = None, *, force: bool = False) -> JsonObject:
        """Asks for the design in use, or changes it. Raises `WouldLoseBlocks`."""
        words = ["allocator", *([name] if name else []), *(["--force"] if force else [])]
        return self.command(" ".join(words))

    def _blocks(self, command: str) -> list[Block]:
        return [Block.of(item) for item in self.command(command)["blocks"]]


def _options(**values: Any) -> str:
    return "".join(f" {key}={value}" for key, value in values.items() if value is not None)


def _word(block: BlockLike) -> str:
    if isinstance(block, Block):
        return f"#{block.id}"
    return f"{block:#x}" if isinstance(block, int) else block
