# SPDX-License-Identifier: MIT
"""Finds the small mistakes that can be made in the heap's code, with libclang's syntax tree."""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import clang.cindex as ci  # type: ignore

ci.Config.set_library_file("/usr/lib/x86_64-linux-gnu/libclang-19.so.1")

MUTATED = "src/mm/heap"
SWAPS = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||", "||": "&&",
    "+": "-", "-": "+", "*": "/", "/": "*", "%": "/", "<<": ">>", ">>": "<<", "&": "|", "|": "&",
    "^": "|", "+=": "-=", "-=": "+=", "|=": "&=", "&=": "|=",
}  # fmt: skip
STEPS = {"++": "--", "--": "++"}
FLAGS = (
    "-std=c++23 -O1 -g0 -fnew-alignment=8 -stdlib=libc++ -D_GNU_SOURCE -w -Wno-narrowing "
    "-Isrc -Ibuild/include -Itests -Itests/unit -isystem /usr/src/googletest/googletest/include"
).split()


@dataclasses.dataclass
class Mutant:
    """One mistake: the text from `start` to `end` becomes `text`; numbers are given from 1."""

    file: str
    line: int
    start: int
    end: int
    code: str
    text: str
    number: int = 0
    dropped: bool = False

    def __str__(self) -> str:
        return f"{self.file}: {self.code} -> {self.text}"


def one_line(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"//[^\n]*", "", text)).strip()


def operator_of(node: Any, source: str) -> tuple[int, int, str] | None:
    """Where the operator of a binary expression stands, and what it is."""
    left, right = list(node.get_children())
    between = source[left.extent.end.offset : right.extent.start.offset]
    match = re.search(r"[-+*/%<>=!&|^]+", between)
    if match is None:
        return None
    begin = left.extent.end.offset + match.start()
    return begin, begin + len(match.group()), match.group()


def mutants_of(node: Any, parent: Any, source: str, file: str) -> list[Mutant]:
    """The mistakes that can be made at this node."""
    kinds = ci.CursorKind
    start, end = node.extent.start.offset, node.extent.end.offset
    line = node.extent.start.line
    original = one_line(source[start:end])

    def mutant(text: str) -> Mutant:
        return Mutant(file, line, start, end, source.split("\n")[line - 1].strip(), text)

    if node.kind in (kinds.BINARY_OPERATOR, kinds.COMPOUND_ASSIGNMENT_OPERATOR):
        children = list(node.get_children())
        found = operator_of(node, source) if len(children) == 2 else None
        if found is None:
            return []
        at, behind, operator = found
        left, right = one_line(source[start:at]), one_line(source[behind:end])
        made = []
        if operator in SWAPS:
            made.append(mutant(f"({left} {SWAPS[operator]} {right})"))
        if operator == "=" and parent.kind == kinds.COMPOUND_STMT:
            made.append(mutant("void()"))
        return made
    if node.kind == kinds.UNARY_OPERATOR:
        for step, other in STEPS.items():
            if original.startswith(step):
                return [mutant(f"({other}{original[2:]})")]
            if original.endswith(step):
                return [mutant(f"({original[:-2]}{other})")]
        if original.startswith("!"):
            return [mutant(f"bool({original[1:]})")]
        return []
    if node.kind == kinds.CALL_EXPR and parent.kind == kinds.COMPOUND_STMT:
        return [mutant("void()")]
    # Template arguments are the compiler's.
    if source[start - 1] == "<" or source[end : end + 1] == ">":
        return []
    if node.kind == kinds.INTEGER_LITERAL and re.fullmatch(r"\d+U?", original):
        return [mutant(f"({original} + 1)")]
    if node.kind == kinds.CXX_BOOL_LITERAL_EXPR and original in ("true", "false"):
        return [mutant("false" if original == "true" else "true")]
    return []


def is_the_compilers(node: Any, source: str) -> bool:
    """Whether the compiler evaluates all of it, so that no mistake could be chosen at run time."""
    kinds = ci.CursorKind
    if node.kind in (kinds.CONCEPT_DECL, kinds.STATIC_ASSERT, kinds.ENUM_DECL, kinds.ALIGNED_ATTR):
        return True
    if node.kind in (kinds.TYPE_ALIAS_DECL, kinds.TYPE_ALIAS_TEMPLATE_DECL):
        return True
    text = source[node.extent.start.offset : node.location.offset]
    return node.kind == kinds.VAR_DECL and "constexpr" in text


class Node:
    """An expression of the source with its mutants, and the expressions within it."""

    def __init__(self, start: int, end: int) -> None:
        self.start, self.end = start, end
        self.mutants: list[Mutant] = []
        self.inner: list[Node] = []


def rendered(source: str, start: int, end: int, inner: list[Node]) -> str:
    """The text between two offsets, with the mutants in it to choose from."""
    pieces, at = [], start
    for node in sorted(inner, key=lambda each: each.start):
        pieces.append(source[at : node.start])
        text = rendered(source, node.start, node.end, node.inner)
        for mutant in node.mutants:
            if mutant.dropped:
                continue
            if mutant.text == "void()":
                text = f"(MUTANT({mutant.number}) ? void() : void({text}))"
            else:
                text = f"(MUTANT({mutant.number}) ? {mutant.text} : ({text}))"
        pieces.append(text)
        at = node.end
    pieces.append(source[at:end])
    return "".join(pieces)


class Collector:
    """Finds the mutants of all files below `MUTATED`."""

    def __init__(self) -> None:
        self.roots: dict[str, list[Node]] = defaultdict(list)
        self.mutants: list[Mutant] = []
        self._done: set[tuple[str, int, int, str]] = set()
        self._sources: dict[str, str] = {}

    def read(self, unit: str) -> None:
        parsed = ci.Index.create().parse(
            unit, args=[*FLAGS, "-resource-dir", "/usr/lib/llvm-19/lib/clang/19"]
        )
        files = set()
        for child in parsed.cursor.get_children():
            file = child.location.file
            if file is not None and MUTATED in file.name:
                files.add(file.name)
                self._walk(child, parsed.cursor, file.name, self.roots[file.name])

    def source(self, file: str) -> str:
        if file not in self._sources:
            # libclang counts bytes: each is a character here.
            self._sources[file] = Path(file).read_text(encoding="latin-1")
        return self._sources[file]

    def _walk(self, node: Any, parent: Any, file: str, siblings: list[Node]) -> None:
        source = self.source(file)
        # Default arguments stand where the function is declared, perhaps in another file.
        where = node.extent.start.file
        if where is None or where.name != file or is_the_compilers(node, source):
            return
        found = mutants_of(node, parent, source, file)
        start, end = node.extent.start.offset, node.extent.end.offset
        key = (file, start, end, str(node.kind))
        if found and key not in self._done:
            self._done.add(key)
            mine = Node(start, end)
            for mutant in found:
                mutant.number = len(self.mutants) + 1
                self.mutants.append(mutant)
                mine.mutants.append(mutant)
            siblings.append(mine)
            siblings = mine.inner
        elif found:
            return
        children = list(node.get_children())
        if node.kind == ci.CursorKind.IF_STMT and source.startswith("if constexpr", start):
            children = children[1:]
        for child in children:
            # A number in front of a variable's name is a part of its type.
            declares = node.kind in (ci.CursorKind.VAR_DECL, ci.CursorKind.FIELD_DECL)
            if not declares or child.extent.start.offset > node.location.offset:
                self._walk(child, node, file, siblings)
