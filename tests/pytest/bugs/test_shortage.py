# SPDX-License-Identifier: MIT
"""Why there was no memory."""

from __future__ import annotations

import re
from typing import Callable

from heap44 import Heap, Machine

Boot = Callable[..., Machine]


def test_addresses_without_memory_are_no_lack_of_holes(boot: Boot) -> None:
    heap = Heap(boot(options="heap44.allocator=guard-page", memory="32M").console)
    said = "the machine has no memory left to map for"
    answer = heap.answer("alloc 1 count=8000")["error"]
    assert (answer["reason"], answer["fragmented"]) == ("design", False)
    told = re.fullmatch(
        rf"{said} 1 byte \(align 8\), 8000 times: ([0-9]+) would fit", answer["message"]
    )
    assert told and 1000 < int(told[1]) < 8000
    assert heap.text("ops +60M").split(maxsplit=1)[1] == (
        "the machine has no memory left to map\n"
    )
    heap.alloc(8, name="small")
    assert heap.answer("realloc small 60M")["error"]["message"].startswith(said)
    # What is too large for the window does fail for want of a hole.
    assert heap.answer("alloc 64M")["error"]["message"] == (
        "no hole fits 67108864 bytes (align 8); the largest hole has 67100672 bytes, 67100672 are "
        "free in all"
    )
