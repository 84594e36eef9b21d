# SPDX-License-Identifier: MIT
"""A mutation run over src/mm/heap: does a unit test fail for each small mistake in the code?

    tools/mutate.py DIRECTORY [--jobs N] [--only PATTERN] [--slowest MILLISECONDS]

All mutants are compiled at once: where the code says `a < b`, the copy in DIRECTORY says
`(MUTANT(7) ? (a <= b) : (a < b))`, and the environment variable HEAP44_MUTANT chooses one (the
"mutant schemata" of Untch, Offutt and Harrold, ISSTA 1993). Only the heap and the tests that
include it are compiled so; what else they need is linked as build/heap44-host has it. A first run
notes which tests come to which mutant; each mutant then meets only those, the quickest first, until
one fails. Mutants that do not compile are dropped.

Prints each survivor, and the score. Survivors that are no mistakes are explained in
docs/testing.md: a sentence says why, and below it a block that begins with ```mutants has them as
they are printed here, file, line of code and what stands in it instead:

    src/mm/heap/damage/watch.cpp: if (a < b) return; -> (a <= b)

Status 0, whoever survives.
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
    "-std=c++23 -O1 -g0 -fnew-alignment=8 -stdlib=libc++ -D_GNU_SOURCE -w -Wno-narrowing "
    "-Isrc -Ibuild/include -Itests -Itests/unit -isystem /usr/src/googletest/googletest/include"
).split()
GOOGLETEST = "/usr/src/googletest/googletest/src/gtest-all.cc"
EXPLAINED = Path("docs/testing.md")
BLOCK = re.compile(r"^```mutants\n(.*?)^```$", re.MULTILINE | re.DOTALL)

HEADER = """#pragma once
extern int heap44_chosen;
extern unsigned char heap44_seen[1 << 16];
constexpr bool heap44_mutant(int number) {
    if (__builtin_is_constant_evaluated()) return false;
    heap44_seen[number] = 1;
    return number == heap44_chosen;
}
#define MUTANT(number) heap44_mutant(number)
"""

CHOICE = """#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <gtest/gtest.h>
#include <sys/resource.h>
static long number_in(const char* name) {
    const char* text = std::getenv(name);
    return text != nullptr ? std::atol(text) : 0;
}
int heap44_chosen = static_cast<int>(number_in("HEAP44_MUTANT"));
unsigned char heap44_seen[1 << 16];
static const char* const trace = std::getenv("HEAP44_TRACE");
struct Tracer : testing::EmptyTestEventListener {
    std::clock_t start = 0;
    void OnTestStart(const testing::TestInfo&) override {
        std::memset(heap44_seen, 0, sizeof heap44_seen);
        start = std::clock();
    }
    void OnTestEnd(const testing::TestInfo& test) override {
        const auto milliseconds = static_cast<long>((std::clock() - start) * 1000 / CLOCKS_PER_SEC);
        std::FILE* file = std::fopen(trace, "a");
        std::fprintf(file, "%s.%s %ld", test.test_suite_name(), test.name(), milliseconds);
        for (int mutant = 0; mutant < 1 << 16; ++mutant)
            if (heap44_seen[mutant]) std::fprintf(file, " %d", mutant);
        std::fprintf(file, "\\n");
        std::fclose(file);
    }
};
// What hangs, or takes ever more memory, is ended.
static const bool limited = [] {
    if (trace != nullptr) testing::UnitTest::GetInstance()->listeners().Append(new Tracer);
    if (const long seconds = number_in("HEAP44_SECONDS")) {
        const rlim_t time = static_cast<rlim_t>(seconds);
        const rlimit processor{time, time}, memory{rlim_t{4} << 30, rlim_t{4} << 30}, core{0, 0};
        setrlimit(RLIMIT_CPU, &processor);
        setrlimit(RLIMIT_DATA, &memory);
        setrlimit(RLIMIT_CORE, &core);
    }
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
        """The heap, and the tests that include it."""
        heap = sorted(str(path) for path in Path(MUTATED).rglob("*.cpp"))
        tests = [*Path("tests/unit").rglob("*.cpp"), *Path("tests/support").glob("*.cpp")]
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            command = ["clang++-19", *FLAGS, "-MM"]
            headers = pool.map(lambda test: run([*command, str(test)]).stdout, tests)
        needed = [
            str(test)
            for test, text in zip(tests, headers, strict=True)
            if f"{MUTATED}/" in text and "src/kernel/" not in text
        ]
        return [*heap, *sorted(needed), "tests/unit/main.cpp", GOOGLETEST, "mutant.cpp"]

    def write(self) -> None:
        for file, roots in self.collector.roots.items():
            source = self.collector.source(file)
            text = rendered(source, 0, len(source), roots)
            path = self.directory / file
            if path.read_text(encoding="latin-1") != text:
                path.write_text(text, encoding="latin-1")

    def compile(self, source: str, only_check: bool = False) -> str:
        """The compiler's complaints; empty if there are none."""
        output = f"objects/{source.strip('/').replace('/', '_')}.o"
        what = ["-fsyntax-only", source] if only_check else ["-c", source, "-o", output]
        command = ["clang++-19", *FLAGS, "-include", "mutant.hpp", "-ferror-limit=0", *what]
        if source == GOOGLETEST:
            command.append("-I/usr/src/googletest/googletest")
        done = run(command, cwd=self.directory)
        return done.stderr if done.returncode != 0 else ""

    def drop(self, complaints: str) -> int:
        """Takes out the mutants that did not compile; how many."""
        mutants = {mutant.number: mutant for mutant in self.collector.mutants}
        bad: set[int] = set()
        is_placed = True
        for text in complaints.splitlines():
            match = re.search(rf"(?:^|/|\s)({MUTATED}/[\w/.]+):(\d+):(\d+): (error|note)", text)
            if ": error:" in text:
                is_placed = False
            if match is None or is_placed:
                continue
            is_placed = True
            file, line, column = match.group(1), int(match.group(2)), int(match.group(3)) - 1
            row = (self.directory / file).read_text(encoding="latin-1").split("\n")[line - 1]
            # The innermost mutant whose own text is complained of, or else all of the line.
            inside = [
                number
                for choice in re.finditer(r"\(MUTANT\((\d+)\) \? ", row)
                for number in [int(choice.group(1))]
                if choice.start() <= column <= choice.end() + len(mutants[number].text)
            ]
            of_line = [m.number for m in mutants.values() if (m.file, m.line) == (file, line)]
            bad.update(inside[-1:] or of_line)
        for number in bad:
            mutants[number].dropped = True
        return len(bad)

    def pass_over(self, sources: list[str], only_check: bool) -> list[str]:
        """Compiles these, drops mutants that prevent it; which are to be compiled again."""
        self.write()
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            complaints = list(pool.map(lambda source: self.compile(source, only_check), sources))
        failed = [source for source, text in zip(sources, complaints) if text]
        dropped = self.drop("\n".join(complaints))
        print(f"{len(sources)} files, {len(failed)} failed, {dropped} mutants dropped", flush=True)
        if failed and dropped == 0:
            sys.exit("".join(complaints)[:5000])
        # A dropped mutant changes a file that others were compiled with: that does no harm, since
        # nobody chooses its number.
        return failed

    def build(self) -> None:
        (self.directory / "objects").mkdir()
        sources = self.sources()
        todo = [source for source in sources if source.startswith(MUTATED)]
        while todo:
            todo = self.pass_over(todo, only_check=True)
        todo = sources
        while todo:
            todo = self.pass_over(todo, only_check=False)
        objects = sorted(str(path) for path in (self.directory / "objects").glob("*.o"))
        parts = [Path("build/host/src", part) for part in ("lib", "mm", "shell")]
        rest = [str(path) for part in parts for path in part.rglob("*.o")]
        archive = str(self.directory / "rest.a")
        run(["ar", "rcs", archive, *(path for path in rest if MUTATED not in path)], check=True)
        # Of inline functions the linker takes the first it meets: those of the objects.
        run(
            ["clang++-19", "-stdlib=libc++", "-fuse-ld=lld-19", *objects, archive, "-o",
             str(self.directory / "unit-tests")], check=True,
        )  # fmt: skip


class Runner:
    """Runs the tests that come to a mutant."""

    def __init__(self, program: Path, slowest: int) -> None:
        self.program = program
        trace = program.parent / "trace"
        trace.unlink(missing_ok=True)
        # Death tests want AddressSanitizer's words.
        command = [str(program), "--gtest_brief=1", "--gtest_filter=-*DeathTest*"]
        run(command, {"HEAP44_TRACE": str(trace)}, check=True)
        self.tests: dict[int, list[tuple[int, str]]] = defaultdict(list)
        lines = [line.split() for line in trace.read_text(encoding="utf-8").splitlines()]
        quick = [line for line in lines if int(line[1]) <= slowest]
        print(f"{len(quick)} of {len(lines)} tests are quick enough", flush=True)
        for name, milliseconds, *numbers in quick:
            for number in numbers:
                self.tests[int(number)].append((int(milliseconds), name))

    def fails(self, number: int, tests: list[tuple[int, str]]) -> bool:
        """Whether one of the tests fails, or does not come to its end."""
        seconds = 2 + 5 * sum(milliseconds for milliseconds, _ in tests) // 1000
        flags = self.program.parent / f"flags-{number}"
        flags.write_text("--gtest_filter=" + ":".join(name for _, name in tests))
        environment = {"HEAP44_MUTANT": str(number), "HEAP44_SECONDS": str(seconds)}
        command = [str(self.program), "--gtest_fail_fast", f"--gtest_flagfile={flags}"]
        try:
            return run(command, environment, timeout=60 + 30 * seconds).returncode != 0
        except subprocess.TimeoutExpired:
            return True
        finally:
            flags.unlink()

    def fate(self, mutant: Mutant) -> str:
        """`killed`, `survived`, or `unreached`."""
        tests = sorted(self.tests[mutant.number])
        if not tests:
            return "unreached"
        # The quickest first: most mistakes are found at once.
        batches = [tests[:20], tests[20:100], tests[100:]]
        failed = any(self.fails(mutant.number, some) for some in batches if some)
        return "killed" if failed else "survived"


def run(
    command: list[str], environment: dict[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, **(environment or {})}
    return subprocess.run(
        command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        errors="replace", **options,
    )  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description="a mutation run over src/mm/heap")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", default="", help="only mutants in files whose name this finds")
    parser.add_argument("--slowest", type=int, default=1000, help="leave out slower tests")
    options = parser.parse_args()
    collector = Collector()
    for unit in sorted(Path(MUTATED).rglob("*.cpp")):
        collector.read(str(unit))
    build = Build(options.directory, collector, options.jobs)
    build.build()
    runner = Runner(options.directory / "unit-tests", options.slowest)
    explained = set()
    for lines in BLOCK.findall(EXPLAINED.read_text(encoding="utf-8")):
        explained.update(lines.splitlines())
    chosen = [m for m in collector.mutants if not m.dropped and re.search(options.only, m.file)]
    counts: dict[str, int] = defaultdict(int)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for mutant, fate in zip(chosen, pool.map(runner.fate, chosen)):
            if fate != "killed" and str(mutant) in explained:
                fate = "explained"
            counts[fate] += 1
            if fate in ("survived", "unreached"):
                print(f"{fate} {mutant}", flush=True)
    dropped = sum(mutant.dropped for mutant in collector.mutants)
    print(
        f"{len(chosen)} mutants: {counts['killed']} killed, {counts['explained']} explained, "
        f"{counts['survived']} survived, {counts['unreached']} not reached; "
        f"{dropped} did not compile"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
