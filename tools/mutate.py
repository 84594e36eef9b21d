# SPDX-License-Identifier: MIT
"""A mutation run over src/mm/heap: does a unit test fail for each small mistake in the code?

    tools/mutate.py DIRECTORY [--jobs N] [--only TEXT]

All mutants are compiled at once: where the code says `a < b`, the copy in DIRECTORY says
`(MUTANT(7) ? (a <= b) : (a < b))`, and the environment variable HEAP44_MUTANT chooses one (the
"mutant schemata" of Untch, Offutt and Harrold, ISSTA 1993). A first run notes which tests come to
which mutant; each mutant then meets only those, the quickest first. Mutants that do not compile are
dropped. Prints each survivor with its line, and the score; status 0 whatever that is.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import dataclasses
import os
import re
import shutil
import subprocess
import sys
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
    "-std=c++23 -O1 -g0 -fnew-alignment=8 -stdlib=libc++ -D_GNU_SOURCE -w "
    "-Isrc -Ibuild/include -isystem /usr/src/googletest/googletest/include"
).split()

HEADER = """#pragma once
extern bool heap44_chosen(int mutant);
constexpr bool heap44_mutant(int number) {
    if (__builtin_is_constant_evaluated()) return false;
    return heap44_chosen(number);
}
#define MUTANT(number) heap44_mutant(number)
"""

CHOICE = """#include <cstdio>
#include <cstdlib>
#include <set>
#include <gtest/gtest.h>
static const int chosen = std::getenv("HEAP44_MUTANT") ? std::atoi(std::getenv("HEAP44_MUTANT")) : 0;
static const char* const trace = std::getenv("HEAP44_TRACE");
static std::set<int>& seen() { static std::set<int> all; return all; }
bool heap44_chosen(int mutant) {
    if (trace != nullptr) seen().insert(mutant);
    return mutant == chosen;
}
struct Tracer : testing::EmptyTestEventListener {
    void OnTestStart(const testing::TestInfo&) override { seen().clear(); }
    void OnTestEnd(const testing::TestInfo& test) override {
        std::FILE* file = std::fopen(trace, "a");
        std::fprintf(file, "%s.%s %lld", test.test_suite_name(), test.name(),
                     static_cast<long long>(test.result()->elapsed_time()));
        for (int mutant : seen()) std::fprintf(file, " %d", mutant);
        std::fprintf(file, "\\n");
        std::fclose(file);
    }
};
static const bool listening = [] {
    if (trace != nullptr) testing::UnitTest::GetInstance()->listeners().Append(new Tracer);
    return true;
}();
"""


@dataclasses.dataclass
class Mutant:
    """One mistake: the text from `start` to `end` becomes `text`; numbers are given from 1."""

    file: str
    line: int
    start: int
    end: int
    original: str
    text: str
    number: int = 0
    dropped: bool = False


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
        return Mutant(file, line, start, end, original, text)

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
    if node.kind == kinds.INTEGER_LITERAL and re.fullmatch(r"\d+U?", original):
        return [mutant(f"({original} + 1)")]
    if node.kind == kinds.CXX_BOOL_LITERAL_EXPR and original in ("true", "false"):
        return [mutant("false" if original == "true" else "true")]
    return []


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
            self._sources[file] = Path(file).read_text(encoding="utf-8")
        return self._sources[file]

    def _walk(self, node: Any, parent: Any, file: str, siblings: list[Node]) -> None:
        if node.kind in (ci.CursorKind.CONCEPT_DECL, ci.CursorKind.STATIC_ASSERT):
            return
        found = mutants_of(node, parent, self.source(file), file)
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
        for child in node.get_children():
            self._walk(child, node, file, siblings)


class Build:
    """The copy of the project in which the mutants live."""

    def __init__(self, directory: Path, collector: Collector, jobs: int) -> None:
        self.directory, self.collector, self.jobs = directory, collector, jobs
        shutil.rmtree(directory, ignore_errors=True)
        for part in ("src", "tests", "build/include"):
            shutil.copytree(part, directory / part, ignore=shutil.ignore_patterns("__pycache__"))
        (directory / "mutant.hpp").write_text(HEADER)
        (directory / "mutant.cpp").write_text(CHOICE)

    def sources(self) -> list[str]:
        made = subprocess.run(
            ["make", "--no-print-directory", "-s", "print-unit-sources"],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return [*made.stdout.split(), "/usr/src/googletest/googletest/src/gtest-all.cc", "mutant.cpp"]

    def write(self) -> None:
        for file, roots in self.collector.roots.items():
            source = self.collector.source(file)
            text = rendered(source, 0, len(source), roots)
            path = self.directory / file
            if path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")

    def compile(self, source: str) -> str:
        """The compiler's complaints; empty if there are none."""
        output = f"objects/{source.strip('/').replace('/', '_')}.o"
        command = ["clang++-19", *FLAGS, "-include", "mutant.hpp", "-ferror-limit=0"]
        if source.startswith("/usr"):
            command += ["-I/usr/src/googletest/googletest"]
        done = subprocess.run(
            [*command, "-c", source, "-o", output], cwd=self.directory, capture_output=True, text=True
        )
        return done.stderr if done.returncode != 0 else ""

    def drop(self, complaints: str) -> int:
        """Takes out the mutants in the lines that did not compile; how many."""
        bad: set[tuple[str, int]] = set()
        for match in re.finditer(rf"(?:^|/|\s)({MUTATED}/[\w/.]+):(\d+):\d+:", complaints):
            bad.add((match.group(1), int(match.group(2))))
        dropped = 0
        for mutant in self.collector.mutants:
            if not mutant.dropped and (mutant.file, mutant.line) in bad:
                mutant.dropped = True
                dropped += 1
        return dropped

    def build(self) -> None:
        (self.directory / "objects").mkdir()
        todo = self.sources()
        while todo:
            self.write()
            with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
                complaints = dict(zip(todo, pool.map(self.compile, todo)))
            failed = [source for source, text in complaints.items() if text]
            dropped = self.drop("".join(complaints.values()))
            print(f"{len(todo)} files compiled, {len(failed)} failed, {dropped} mutants dropped", flush=True)
            if failed and dropped == 0:
                sys.exit("".join(complaints.values())[:5000])
            # A dropped mutant changes a file that others were compiled with: that does no harm,
            # since nobody chooses its number.
            todo = failed
        objects = sorted(str(path) for path in (self.directory / "objects").glob("*.o"))
        subprocess.run(
            ["clang++-19", "-stdlib=libc++", "-fuse-ld=lld-19", *objects, "-o",
             str(self.directory / "unit-tests")], check=True,
        )  # fmt: skip


class Runner:
    """Runs the tests that come to a mutant."""

    def __init__(self, program: Path) -> None:
        self.program = program
        trace = program.parent / "trace"
        trace.unlink(missing_ok=True)
        subprocess.run(
            [program, "--gtest_brief=1"], check=True, env={**os.environ, "HEAP44_TRACE": str(trace)}
        )
        self.tests: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for line in trace.read_text(encoding="utf-8").splitlines():
            name, milliseconds, *numbers = line.split()
            for number in numbers:
                self.tests[int(number)].append((int(milliseconds), name))

    def fate(self, mutant: Mutant) -> str:
        """`killed`, `survived`, or `unreached`."""
        tests = sorted(self.tests[mutant.number])
        if not tests:
            return "unreached"
        environment = {**os.environ, "HEAP44_MUTANT": str(mutant.number)}
        # The quickest first: most mistakes are found at once.
        for some in (tests[:20], tests[20:]):
            if not some:
                continue
            flags = self.program.parent / f"flags-{mutant.number}"
            flags.write_text("--gtest_filter=" + ":".join(name for _, name in some))
            limit = 10 + 5 * sum(milliseconds for milliseconds, _ in some) / 1000
            try:
                done = subprocess.run(
                    [self.program, "--gtest_fail_fast", "--gtest_brief=1", f"--gtest_flagfile={flags}"],
                    env=environment, capture_output=True, timeout=limit,
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                return "killed"
            finally:
                flags.unlink()
            if done.returncode != 0:
                return "killed"
        return "survived"


def main() -> int:
    parser = argparse.ArgumentParser(description="a mutation run over src/mm/heap")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="", help="only mutants in files with this in their name")
    options = parser.parse_args()
    collector = Collector()
    for unit in sorted(Path(MUTATED).glob("*.cpp")):
        collector.read(str(unit))
    build = Build(options.directory, collector, options.jobs)
    build.build()
    runner = Runner(options.directory / "unit-tests")
    chosen = [m for m in collector.mutants if not m.dropped and options.only in m.file]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        fates = list(pool.map(runner.fate, chosen))
    for mutant, fate in zip(chosen, fates):
        if fate != "killed":
            print(f"{fate} {mutant.file}:{mutant.line}: {mutant.original} -> {mutant.text}")
    killed = fates.count("killed")
    print(f"{killed} of {len(chosen)} mutants killed, {fates.count('unreached')} not reached")
    return 0


if __name__ == "__main__":
    sys.exit(main())
