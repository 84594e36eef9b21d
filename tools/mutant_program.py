# SPDX-License-Identifier: MIT
"""One program with all mutants in it, of which an environment variable chooses one."""

from __future__ import annotations

import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from mutants import FLAGS, MUTATED, Collector, rendered

GOOGLETEST = "/usr/src/googletest/googletest/src/gtest-all.cc"

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

CHOOSER = """#include <cstdio>
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


class Build:
    """The copy of the project in which the mutants live."""

    def __init__(self, directory: Path, collector: Collector, jobs: int) -> None:
        self.directory, self.collector, self.jobs = directory, collector, jobs
        shutil.rmtree(directory, ignore_errors=True)
        for part in ("src", "tests", "build/include"):
            shutil.copytree(part, directory / part, ignore=shutil.ignore_patterns("__pycache__"))
        (directory / "mutant.hpp").write_text(HEADER)
        (directory / "mutant.cpp").write_text(CHOOSER)

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


def run(
    command: list[str], environment: dict[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, **(environment or {})}
    return subprocess.run(
        command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        errors="replace", **options,
    )  # fmt: skip
