# SPDX-License-Identifier: MIT
"""Campaigns about memory that runs out, blocks that leak, and the processor's faults."""

from __future__ import annotations

from typing import Callable

from bug_table import FAULT_CODES
from campaign import Scene, demand
from campaign_model import Verdict
from one_hole import is_fragmented

PROVOKED = (
    *("null", "wild", "guard", "read-only", "execute"),
    *("stack", "divide", "invalid-opcode", "general-protection"),
)


def out_of_memory(scene: Scene) -> None:
    """One block, or many at once: what was asked, what there is, whether the pieces would do."""
    free = scene.heap.freelist()
    size = scene.source.choice((free.largest + 1, free.largest + 9, free.free + 1, 1 << 40))
    count = scene.source.choice((1, 1, 3))
    verdict = Verdict("out-of-memory", None, None)
    many = f" count={count}" if count > 1 else ""
    error = scene.refused(f"alloc {size}{many}", verdict, None)
    demand(error["asked"], size * count, "asked")
    demand((error["largest"], error["free"]), (free.largest, free.free), "what there is")
    demand(error["fragmented"], is_fragmented(scene.design, free, size, count), "fragmented")
    demand("fragmentation is the cause" in error["message"], error["fragmented"], error["message"])


def leak(scene: Scene) -> None:
    """Since `mark`: those that are left, and no others."""
    scene.look("mark")
    scene.remember()
    count = scene.source.randint(2, 6)
    scene.do(f"alloc {scene.source.randint(1, 200)} count={count} name=lost")
    gone = scene.source.randint(1, count)
    scene.do(f"free lost{gone}")
    wanted = [f"lost{number}" for number in range(1, count + 1) if number != gone]
    demand(sorted(block.name or "" for block in scene.heap.leaks()), wanted, "leaks")
    demand(scene.problems(), [], "problems")


def _fault(name: str, code: str) -> Callable[[Scene], None]:
    def provoke(scene: Scene) -> None:
        report = scene.look(f"fault {name}", reported=(code,))["report"]
        demand(report["code"], code, "the report")
        if name == "guard":
            demand(int(report["address"], 16), scene.model.end, "the page behind the heap")
        demand(scene.problems(), [], "problems")

    return provoke


FAULTS: dict[str, Callable[[Scene], None]] = {
    "out of memory": out_of_memory,
    "leak": leak,
    **{f"fault {name}": _fault(name, FAULT_CODES[name]) for name in PROVOKED},
}
