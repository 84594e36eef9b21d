# SPDX-License-Identifier: MIT
"""What `make` installs and compiles: by the goals, by what has changed, and how far it is."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from support import ROOT


def _make(*arguments: str) -> str:
    return subprocess.run(
        ["make", "-j1", *arguments],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if "MAKE" not in name},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    ).stdout


def _compiled(output: str) -> list[str]:
    return [line.strip("' \n") for line in output.split("\n") if "compile  " in line]


@pytest.mark.parametrize(
    ("goals", "installing", "checking"),
    [
        ("setup", "", None),
        ("setup run", "run", "run"),
        ("setup all", "run", "run"),
        ("setup unit", "", ""),
        ("setup run unit", "", ""),
        ("all", None, "run"),
        ("build/heap44-host", None, "run"),
        ("check-tidy", None, ""),
    ],
)
def test_the_other_goals_say_what_is_installed(
    goals: str, installing: str | None, checking: str | None
) -> None:
    said = [line.rstrip() for line in _make("-n", *goals.split()).split("\n")]
    expected = [
        f"tools/setup.sh {option}".rstrip()
        for option in (installing, None if checking is None else f"--check {checking}")
        if option is not None
    ]
    assert [line for line in said if line.startswith("tools/setup.sh")] == expected


def test_each_compile_line_tells_how_far_it_is(tmp_path: Path) -> None:
    """`true` compiles nothing, but make does not look."""
    goals = [f"{tmp_path}/{name}.cpp.o" for name in ("kernel/src/mm/frames", "host/src/mm/frames")]
    done = _compiled(_make(f"BUILD={tmp_path}", "CXX=true", *goals))
    assert [line.split(" ")[0] for line in done] == ["[1/4]", "[2/4]", "[3/4]", "[4/4]"]
    assert sorted(line.split(maxsplit=2)[2] for line in done) == [
        "src/mm/frames.cpp",
        "src/mm/frames.cpp (host)",
        "tools/precompiled.hpp",
        "tools/precompiled.hpp (host)",
    ]


def test_a_changed_header_has_compiled_what_uses_it(tmp_path: Path) -> None:
    build = f"BUILD={tmp_path}"
    goal = f"{tmp_path}/kernel/src/mm/frames.cpp.o"
    _make(build, goal)
    assert _compiled(_make(build, goal)) == []
    both = ["compile  tools/precompiled.hpp", "compile  src/mm/frames.cpp"]
    for header, changed in (
        ("src/mm/heap/heap.hpp", both),
        ("tools/precompiled.hpp", both),
        ("src/mm/frames.hpp", both[1:]),
        ("src/shell/shell.hpp", []),
    ):
        done = _compiled(_make("-n", "-W", header, build, goal))
        assert [line.removeprefix("echo '  ") for line in done] == changed


def test_without_precompiled_headers_each_source_is_compiled_alone(tmp_path: Path) -> None:
    goal = f"{tmp_path}/kernel/src/mm/frames.cpp.o"
    printed = _make("-n", "V=1", "PCH=", f"BUILD={tmp_path}", goal)
    assert "clang++-19" in printed
    assert "pch" not in printed.replace(str(tmp_path), "")
