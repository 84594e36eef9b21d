# SPDX-License-Identifier: MIT
"""Choosing the allocator's design and policy, and putting them to work."""

from __future__ import annotations

from heap44.commands.words import Size, option_words
from heap44.model import DesignInForce, JsonObject
from heap44.runs import BenchResult, Operation, RandomRun, Search, StressRun
from heap44.session import Session


class DesignCommands(Session):
    """What changes the design, explains its searches, and exercises it."""

    def allocator(
        self, name: str | None = None, *, guard: str | None = None, force: bool = False
    ) -> JsonObject:
        """Asks for the design in use, or changes it. Raises `WouldLoseBlocks`."""
        words = option_words(guard=guard) + (" --force" if force else "")
        return self.command("allocator" + (f" {name}" if name else "") + words)

    def use(self, design: str, *, guard: str | None = None, force: bool = False) -> DesignInForce:
        """Changes the design of the heap, which empties it; what is in force then.

        ``guard``, under guard-page, is front or behind: on which side of a block the page is that
        is not mapped. ``force`` gives up live blocks. Raises `WouldLoseBlocks`, `BadArgument`.
        """
        return DesignInForce.of(self.allocator(design, guard=guard, force=force))

    def policy(
        self,
        *,
        fit: str | None = None,
        order: str | None = None,
        coalesce: bool | None = None,
        force: bool = False,
    ) -> DesignInForce:
        """Asks for the policy in use, or changes what is named of it, which empties the heap.

        ``fit`` is first, next, best or worst, ``order`` address, size or recent; ``force`` gives up
        live blocks. Raises `WouldLoseBlocks`, `BadArgument`, and `NotSupported` under a design that
        has no policies.
        """
        joins = None if coalesce is None else "on" if coalesce else "off"
        words = option_words(fit=fit, order=order, coalesce=joins) + (" --force" if force else "")
        return DesignInForce.of(self.command(f"policy{words}"))

    def why(self, size: Size, *, align: int | None = None) -> Search:
        """The search for ``size`` bytes at a multiple of ``align``; it changes nothing."""
        return Search.of(self.command(f"why {size}{option_words(align=align)}"))

    def ops(self, operations: str) -> list[Operation]:
        """Runs a list like ``"+10,+20,-0"``: sizes in bytes, and indices of its allocations.

        An operation for each item, in order. Raises `BadArgument` before anything is done.
        """
        answer = self.command(f"ops {operations}")
        return [Operation.of(item) for item in answer["operations"]]

    def random(self, count: int, *, seed: int | None = None) -> RandomRun:
        """Makes ``count`` allocations and frees, the same for the same ``seed`` on every heap."""
        return RandomRun.of(self.command(f"random {count}{option_words(seed=seed)}"))

    def bench(self, *designs: str, force: bool = False) -> list[BenchResult]:
        """Measures designs, all without names, workload by workload; the heap is then as it was.

        Where there is no memory for a copy of it, ``force`` gives up live blocks. Raises
        `WouldLoseBlocks`, `BadArgument`.
        """
        words = ["bench", *designs, *(["--force"] if force else [])]
        return [BenchResult.of(item) for item in self.command(" ".join(words))["results"]]

    def stress(self, count: int, *, seed: int | None = None, force: bool = False) -> StressRun:
        """Makes ``count`` random operations, every answer checked; that leaves an empty heap.

        ``force`` gives up live blocks. Raises `WouldLoseBlocks`, `BadArgument`.
        """
        words = option_words(seed=seed) + (" --force" if force else "")
        return StressRun.of(self.command(f"stress {count}{words}"))
