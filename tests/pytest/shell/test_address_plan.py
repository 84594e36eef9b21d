# SPDX-License-Identifier: MIT
"""The address plan stands in one header. What has to repeat it, for the linker and the assembler
cannot read C++, says the same, and so do the documents."""

from __future__ import annotations

import re

import pytest
from address_plan import PLAN
from support import ROOT

HEADER = "src/lib/address_plan.hpp"
# C++ (with ' between the digits), the linker's language, NASM.
CONSTANT = re.compile(r"\b(\w+)(?: = | equ |\{)(0x[0-9a-f']+)")


def _constants(path: str) -> dict[str, int]:
    found = CONSTANT.findall((ROOT / path).read_text(encoding="utf-8"))
    return {name: int(value.replace("'", ""), 16) for name, value in found if name in PLAN}


def test_the_header_is_the_plan() -> None:
    assert _constants(HEADER) == PLAN


@pytest.mark.parametrize(
    "path, names",
    [
        ("linker.ld", {"image_offset"}),
        ("src/boot/entry.asm", {"image_offset", "physical_map_offset"}),
    ],
)
def test_who_repeats_the_plan_says_the_same(path: str, names: set[str]) -> None:
    assert _constants(path) == {name: PLAN[name] for name in names}


@pytest.mark.parametrize("path", [HEADER, "docs/architecture.md"])
def test_the_plan_is_drawn_with_its_addresses(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    # The kernel's own address there is that of its first byte, above the offset.
    drawn = {name: value for name, value in PLAN.items() if name != "image_offset"}
    assert [name for name, value in drawn.items() if f"0x{value:_x}" not in text] == []
