# SPDX-License-Identifier: MIT
"""Campaigns with C++ code that goes wrong: `bug NAME`, and memory that runs out under a vector."""

from __future__ import annotations

from typing import Any, Callable

from bug_table import BUGS
from campaign import Scene, address_in, demand
from heap44 import Block
from report_log import codes_of

# Nothing in the heap notices corrupt-list where the design keeps no list there.
WITHOUT_LIST = ("bump", "buddy")


def _commit(name: str) -> Callable[[Scene], None]:
    def commit(scene: Scene) -> None:
        live = {block.id for block in scene.model.live}
        run = scene.look if name in ("deadlock", "foreign-free") else scene.do
        answer = run(f"bug {name}", reported=None)
        left = [block for block in scene.heap.blocks() if block.id not in live]
        demand((answer["blocks_left"], len(left)), (BUGS[name].left,) * 2, "blocks left")
        if name == "corrupt-list" and scene.design in WITHOUT_LIST:
            demand((answer["report"], [*codes_of(answer)]), (None, []), "reports")
        elif name in ("underflow", "under-read") and (owner := _begins_in(scene, left)):
            _is(answer, "overflow", owner.id, owner.size, _in_front(left) - owner.address)
        else:
            _as_in_the_table(answer, scene, name, left)
        demand(scene.problems(), [], "problems")

    return commit


def _as_in_the_table(
    answer: dict[str, Any], scene: Scene, name: str, left: list[Block]
) -> None:
    expected, report = BUGS[name], answer["report"]
    unmapped = name == "corrupt-list" and scene.design == "guard-page"
    code = "page-fault" if unmapped else expected.code
    if expected.block is None:
        demand((report["code"], report["block"], [*codes_of(answer)]), (code, None, [code]), name)
        return
    # In the table one block is there before.
    last = max((block.id for block in scene.model.live + scene.model.freed), default=0)
    # Of several that leak the one with the lowest address is named, which need not be the first.
    block = left[0].id if code == "leak" else last + expected.block - 1
    _is(answer, code, block, expected.size, expected.offset)
    if code == "leak":
        demand(report["size"], report["block"]["size"], "bytes of the first block leaked")
    elif expected.touched is not None:
        demand(report["size"], expected.touched, "bytes touched")


def _is(answer: dict[str, Any], code: str, block: int, size: int, offset: int) -> None:
    report = answer["report"]
    demand([*codes_of(answer)], [code], "reports")
    about = report["block"]
    demand((about["id"], about["size"], report["offset"]), (block, size, offset), "the block")
    demand(address_in(report), int(about["address"], 16) + offset, "address")


def _begins_in(scene: Scene, left: list[Block]) -> Block | None:
    """Whose payload the byte is that these two touch in front of their second block."""
    before = _in_front(left)
    blocks = [*scene.model.live, *left]
    return next((b for b in blocks if b.address <= before < b.address + b.size), None)


def _in_front(left: list[Block]) -> int:
    return max(left, key=lambda block: block.id).address - 1


def stopped_for_memory(scene: Scene) -> None:
    """A vector that grows beyond the heap is stopped, and gives back what it had."""
    answer = scene.heap.answer("vectest 99999999")
    error = answer["error"]
    demand(error["code"], "out-of-memory", "vectest")
    demand(error["message"].startswith("allocation error: Layout { size: "), True, error["message"])
    scene.steps.append("vectest 99999999")
    demand(scene.problems(), [], "problems")


PROGRAMS: dict[str, Callable[[Scene], None]] = {
    **{f"bug {name}": _commit(name) for name in BUGS},
    "out of memory in C++": stopped_for_memory,
}
