# SPDX-License-Identifier: MIT
"""Functions and lines of the kernel's code, as LLVM reads them from its debug information."""

from __future__ import annotations

import re
import os
import subprocess

from heap44.machine import build_directory


def own_lines(*addresses: int) -> list[tuple[str, int]]:
    """For each address the innermost place in the project's own code: file name, line."""
    kernel = build_directory() / "heap44.elf"
    command = ["llvm-symbolizer-19", f"--obj={kernel}", "--inlines", "--functions=none"]
    words = "".join(f"{address:#x}\n" for address in addresses)
    answer = subprocess.run(command, check=True, capture_output=True, text=True, input=words)
    places = []
    for paragraph in answer.stdout.strip().split("\n\n"):
        frames = [line.rsplit(":", 2) for line in paragraph.splitlines()]
        own = [
            (file, int(line))
            for file, line, _ in frames
            if not os.path.normpath(file).startswith("/usr/")
        ]
        places.append((own[0][0].rsplit("/", 1)[-1], own[0][1]))
    return places


def address_of_symbol(pattern: str) -> int:
    """The address of the one function whose demangled name matches."""
    kernel = build_directory() / "heap44.elf"
    command = ["llvm-nm-19", "-C", str(kernel)]
    listing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = [line for line in listing.splitlines() if re.search(pattern, line)]
    assert len(found) == 1, found
    return int(found[0].split()[0], 16)


def split_caller(text: str) -> tuple[str, int, str, int]:
    """``vectest+0x4a (containers.cpp:87)`` as function, offset, file, line."""
    match = re.fullmatch(r"(.+?)(?:\+0x([0-9a-f]+))? \(([^:()]+):(\d+)\)", text)
    assert match, text
    return match[1], int(match[2] or "0", 16), match[3], int(match[4])
