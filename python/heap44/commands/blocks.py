# SPDX-License-Identifier: MIT
"""Allocating and freeing blocks, by hand or from C++, and looking at what there is."""

from __future__ import annotations

from typing import overload

from heap44.commands.words import BlockLike, Size, block_word, blocks_of, option_words
from heap44.model import Block, Check, FreeList, HeapMap, Stats
from heap44.runs import Trial
from heap44.session import Session


class BlockCommands(Session):
    """What allocates, frees and shows blocks and holes."""

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
        options = option_words(align=align, count=count, name=name)
        blocks = blocks_of(self.command(f"alloc {size}{options}"))
        return blocks[0] if count is None else blocks

    def zalloc(self, size: Size, *, align: int | None = None, name: str | None = None) -> Block:
        """`alloc` of one block whose bytes are zero."""
        return blocks_of(self.command(f"zalloc {size}{option_words(align=align, name=name)}"))[0]

    def realloc(self, block: BlockLike, size: Size) -> Block:
        """Resizes a block; it may move, and keeps its number, its name and its bytes."""
        return blocks_of(self.command(f"realloc {block_word(block)} {size}"))[0]

    def free(self, *blocks: BlockLike) -> list[Block]:
        """Frees blocks, all or none; the freed ones. Raises `DoubleFree` and its relatives."""
        answer = self.command("free " + " ".join(block_word(block) for block in blocks))
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
        return blocks_of(self.command("blocks"))

    def block(self, block: BlockLike) -> Block:
        """One block, live or freed."""
        return Block.of(self.command(f"block {block_word(block)}")["block"])

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
        return blocks_of(self.command("leaks"))

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
