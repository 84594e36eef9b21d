#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Write the table in which the kernel finds the function and the line of a code address.

    embed_symbols.py KERNEL.elf >TABLE      (without a file: a table of no functions)

The table, little-endian:

- the number of functions and the number of source files (u32, u32);
- for each function its offset from text_start, the offset of its name among the names, and the
  offset of its rows among the rows (u32 each), in the order of their addresses; then one more such
  entry for the end of all three;
- for each file, and for the end, the offset of its name among the names (u32): these follow the
  functions' names;
- the names;
- the rows. Each begins where the code of another line begins: the bytes from the row before (from
  the function's start for its first), then twice the difference to that row's line (to 0), folded
  so that small ones of either sign are small, plus 1 if the file is another one; then comes the
  file's number (0: not known). All are LEB128.

A line is the project's own: for what was inlined from the standard library it is the call.
"""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys

LLVM = "llvm-{}-19"
LIBRARIES = ("/usr/lib/", "/usr/include/")
LONGEST_NAME = 80
NOISE = re.compile(
    r"\[abi:\w+\]|\(anonymous namespace\)::|\bstd::__1::(?=\w)|\bdecltype\(\w+\) "
)
# What std::visit calls is named after the function that visits.
VISITOR = "__value_visitor<"


def short_name(name: str) -> str:
    """The function's name alone: no parameters, no template arguments, no return type."""
    name = NOISE.sub("", name)
    name = name.partition(VISITOR)[2] or name
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


def functions(lines: list[str]) -> tuple[list[tuple[int, str]], int, int]:
    """The functions as (offset into the text, name), and the start and the size of the text."""
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
    return sorted(found.items()), start, end - start


Place = tuple[str, int]


def own_line(frames: list[Place]) -> Place | None:
    """Of the places that one address stands for, the innermost one in the project's own code."""
    known = [frame for frame in frames if frame[1] > 0]
    # A compiler cache may have written a path that leads there by way of `..`.
    own = [frame for frame in known if not os.path.normpath(frame[0]).startswith(LIBRARIES)]
    chosen = own or known[-1:]
    return chosen[0] if chosen else None


def rows(kernel: str, start: int, size: int) -> list[tuple[int, Place]]:
    """Where in the text the code of which place begins; a row holds up to the next one."""
    dump = run("dwarfdump", "--debug-line", kernel)
    addresses = {int(address, 16) for address in re.findall(r"^0x([0-9a-f]{16}) ", dump, re.M)}
    wanted = sorted(address for address in addresses if start <= address < start + size)
    options = ("--inlines", "--functions=none", "--print-address", f"--obj={kernel}")
    answer = run("symbolizer", *options, text="".join(f"{address:#x}\n" for address in wanted))
    found = []
    for paragraph in answer.strip().split("\n\n"):
        address, *lines = paragraph.splitlines()
        frames = [(file, int(line)) for file, line, _ in (text.rsplit(":", 2) for text in lines)]
        place = own_line(frames)
        # Code that stands for no line goes with what is in front of it.
        if place is not None:
            found.append((int(address, 16) - start, place))
    return found


def leb128(number: int) -> bytes:
    encoded = bytearray()
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def encode(start: int, own: list[tuple[int, Place]], files: dict[str, int]) -> bytes:
    """The rows of one function that begins at `start`."""
    encoded = b""
    at, last = start, ("", 0)
    for offset, place in own:
        if place == last:
            continue
        step = place[1] - last[1]
        folded = step << 1 if step >= 0 else -step << 1 | 1
        changes = place[0] != last[0]
        encoded += leb128(offset - at) + leb128(folded << 1 | changes)
        if changes:
            encoded += leb128(files.setdefault(place[0], len(files)))
        at, last = offset, place
    return encoded


def table(
    entries: list[tuple[int, str]], text_size: int, places: list[tuple[int, Place]]
) -> bytes:
    """The table's bytes, as described at the top of this file."""
    names = b""
    lines = b""
    index = b""
    files = {"": 0}
    left = iter(places)
    row = next(left, None)
    for number, (offset, name) in enumerate(entries):
        end = entries[number + 1][0] if number + 1 < len(entries) else text_size
        own = []
        while row is not None and row[0] < end:
            if row[0] >= offset:
                own.append((row[0], (os.path.basename(row[1][0]), row[1][1])))
            row = next(left, None)
        index += struct.pack("<III", offset, len(names), len(lines))
        names += name.encode()
        lines += encode(offset, own, files)
    index += struct.pack("<III", text_size, len(names), len(lines))
    file_index = b""
    for file in files:
        file_index += struct.pack("<I", len(names))
        names += file.encode()
    file_index += struct.pack("<I", len(names))
    return struct.pack("<II", len(entries), len(files)) + index + file_index + names + lines


def run(tool: str, *arguments: str, text: str | None = None) -> str:
    command = [LLVM.format(tool), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, input=text).stdout


def main() -> None:
    if len(sys.argv) < 2:
        sys.stdout.buffer.write(table([], 0, []))
        return
    kernel = sys.argv[1]
    lines = run("nm", "-n", "-C", "--format=posix", kernel).splitlines()
    entries, start, size = functions(lines)
    sys.stdout.buffer.write(table(entries, size, rows(kernel, start, size)))


if __name__ == "__main__":
    main()
