#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Turn `llvm-nm -n -C --format=posix` of the kernel into the table in which backtraces find names.

The table, little-endian: the number of functions (u32), then for each its offset from text_start
and the offset of its name among the names (u32, u32), then one more such pair for the end of the
text and of the names, then the names. Functions stand in the order of their addresses. Input
without a text_start gives a table of no functions.
"""

import re
import struct
import sys

LONGEST_NAME = 80
NOISE = re.compile(r"\[abi:\w+\]|\(anonymous namespace\)::|\bstd::__1::(?=\w)")


def short_name(name: str) -> str:
    """The function's name alone: no parameters, no template arguments, no return type."""
    name = NOISE.sub("", name)
    kept = []
    depth = 0
    index = 0
    while index < len(name):
        operator = re.match(r"operator(\(\)|\[\]|<=>|->|<<|>>|[<>]=?|[^\w\s(]+)", name[index:])
        if operator:
            kept.append(operator.group() if depth == 0 else "")
            index += operator.end()
            continue
        character = name[index]
        if character == "<":
            depth += 1
        elif character == ">":
            depth -= 1
        elif depth == 0 and character == "(":
            break
        elif depth == 0:
            # What stands before a space is the return type, except in `operator new`.
            if character == " " and not "".join(kept).endswith("operator"):
                kept.clear()
            else:
                kept.append(character)
        index += 1
    return "".join(kept)[:LONGEST_NAME] or name[:LONGEST_NAME]


def functions(lines: list[str]) -> tuple[list[tuple[int, str]], int]:
    """The functions as (offset into the text, name), and the size of the text."""
    symbols = []
    for line in lines:
        match = re.match(r"(.+) (\w) ([0-9a-f]+)(?: ([0-9a-f]*))?$", line)
        if match:
            symbols.append((int(match[3], 16), match[2], match[1]))
    bounds = {name: address for address, _, name in symbols if name in ("text_start", "text_end")}
    start, end = bounds.get("text_start", 0), bounds.get("text_end", 0)
    found: dict[int, str] = {}
    for address, kind, name in symbols:
        if kind in "tTwW" and start <= address < end and name not in bounds and "." not in name[:1]:
            found.setdefault(address - start, short_name(name))
    return sorted(found.items()), end - start


def table(entries: list[tuple[int, str]], text_size: int) -> bytes:
    """The table's bytes, as described at the top of this file."""
    names = b""
    pairs = b""
    for offset, name in entries:
        pairs += struct.pack("<II", offset, len(names))
        names += name.encode()
    pairs += struct.pack("<II", text_size, len(names))
    return struct.pack("<I", len(entries)) + pairs + names


if __name__ == "__main__":
    sys.stdout.buffer.write(table(*functions(sys.stdin.read().splitlines())))
