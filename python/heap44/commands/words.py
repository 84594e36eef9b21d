# SPDX-License-Identifier: MIT
"""How arguments are written in a command, and blocks read from its answer."""

from __future__ import annotations

from typing import Any, Union

from heap44.model import Block, JsonObject

Size = Union[int, str]
"""Bytes as a number, or as the shell writes them: ``"4K"``, ``"0x40"``."""

BlockLike = Union[Block, int, str]
"""A block, an address, or the shell's own words: ``"#3"``, a name."""


def option_words(**values: Any) -> str:
    return "".join(f" {key}={value}" for key, value in values.items() if value is not None)


def block_word(block: BlockLike) -> str:
    if isinstance(block, Block):
        return f"#{block.id}"
    return f"{block:#x}" if isinstance(block, int) else block


def blocks_of(answer: JsonObject) -> list[Block]:
    return [Block.of(item) for item in answer["blocks"]]
