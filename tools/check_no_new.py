# SPDX-License-Identifier: MIT
"""Proves that no shell code outside the allocating commands can reach operator new.

    tools/check_no_new.py OBJECT…

Reads the relocations of the kernel's objects (each function has a section of its own) and follows
them from every function of src/shell. The walk ends at the commands whose point is to allocate, and
at `vprint`: the formatter of floating point that it instantiates would allocate for precisions
beyond a thousand digits, which nobody asks for, and the kernel's operator new panics outside the
allocating commands. Prints the way to each call that is found; status 1 if there is one.
"""

import re
import subprocess
import sys
from collections import defaultdict

ALLOCATING = ("src/shell/commands/containers.cpp.o", "src/shell/commands/bugs.cpp.o")
STOP = re.compile(r"^_ZN6heap446vprint")
OPERATOR_NEW = re.compile(r"^_Zn[wa]")

SECTION = re.compile(r"^Relocation section '\.rela?(\.[^']+)'")
RELOCATION = re.compile(r"^[0-9a-f]{16}\s+\S+\s+R_\S+\s+[0-9a-f]{16}\s+(\S+)")
SYMBOL = re.compile(r"^\s*\d+:\s+\S+\s+\S+\s+(\S+)\s+(\S+)\s+\S+\s+(\d+|UND|ABS|COMMON)\s+(\S+)")
HEADER = re.compile(r"^\s*\[\s*(\d+)\]\s+(\S+)")

Node = tuple[str, str]  # an object and a section in it


def read(path: str) -> str:
    command = ["llvm-readelf-19", "--sections", "--symbols", "--relocations", "--wide", path]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> int:
    references: dict[Node, set[str]] = defaultdict(set)
    homes: dict[str, Node] = {}
    local_homes: dict[tuple[str, str], Node] = {}
    for path in sys.argv[1:]:
        if not path.endswith(".cpp.o"):
            continue
        names: dict[str, str] = {}
        section = ""
        for line in read(path).splitlines():
            if match := HEADER.match(line):
                names[match.group(1)] = match.group(2)
            elif match := SECTION.match(line):
                section = match.group(1)
            elif match := RELOCATION.match(line):
                references[path, section].add(match.group(1))
            elif (match := SYMBOL.match(line)) and match.group(3) in names:
                kind, binding, index, name = match.groups()
                home = (path, names[index])
                if binding == "LOCAL":
                    local_homes[path, name] = home
                else:
                    homes.setdefault(name, home)
                if kind == "SECTION":
                    local_homes[path, names[index]] = home

    def follow(node: Node, way: list[str], seen: set[Node]) -> list[str] | None:
        stack = [(node, way)]
        while stack:
            here, path = stack.pop()
            for name in sorted(references[here]):
                if OPERATOR_NEW.match(name):
                    return [*path, name]
                if STOP.match(name):
                    continue
                target = local_homes.get((here[0], name)) or homes.get(name)
                if target is None or target in seen or target[0].endswith(ALLOCATING):
                    continue
                seen.add(target)
                stack.append((target, [*path, name]))
        return None

    roots = [
        node
        for node in list(references)
        if "/src/shell/" in node[0]
        and node[1].startswith(".text")
        and not node[0].endswith(ALLOCATING)
    ]
    if not roots or not any(OPERATOR_NEW.match(n) for r in references.values() for n in r):
        print("check_no_new: no shell code or no operator new in these objects: nothing was proved")
        return 1
    seen: set[Node] = set(roots)
    ways = [way for root in roots if (way := follow(root, [root[1]], seen))]
    for way in ways:
        print("shell code reaches operator new:", " -> ".join(way))
    return 1 if ways else 0


if __name__ == "__main__":
    sys.exit(main())
