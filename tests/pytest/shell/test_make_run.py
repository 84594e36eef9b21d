# SPDX-License-Identifier: MIT
"""`make run` without a terminal: the machine ends behind the last answer. `make -n` only prints."""

from __future__ import annotations

import os
import subprocess

import pytest
from support import ROOT

PROMPT = b"\r\nheap44> "


def _make_run(*options: str, keys: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """The image is taken as it is: tests run at once, and each would build it anew."""
    return subprocess.run(
        ["make", "-o", "build/heap44.iso", *options, "run"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if "MAKE" not in name},
        input=keys,
        stdin=subprocess.DEVNULL if keys is None else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )


def test_no_keys_at_all_end_it_behind_the_prompt() -> None:
    ended = _make_run()
    assert ended.returncode == 0
    assert ended.stdout.count(PROMPT) == 1
    assert PROMPT + b"poweroff" in ended.stdout


@pytest.mark.parametrize("keys", [b"alloc 64", b"alloc 64\n", b"alloc 64\r\n"])
def test_the_last_line_is_answered_whether_it_ends_or_not(keys: bytes) -> None:
    ended = _make_run(keys=keys)
    assert ended.returncode == 0
    _, shown, rest = ended.stdout.split(PROMPT)
    assert shown.startswith(b"alloc 64\r\n")
    assert b"0x444444440000" in shown
    assert rest.startswith(b"poweroff")


def test_many_lines_are_all_answered() -> None:
    ended = _make_run(keys=b"".join(b"echo line %d.\n" % number for number in range(3000)))
    assert ended.returncode == 0
    assert ended.stdout.count(b"\r\nline ") == 3000
    assert b"\r\nline 2999.\r\n" in ended.stdout


def test_a_reboot_ends_it_too() -> None:
    """What waits behind it would be lost, and the next machine would wait for keys."""
    ended = _make_run(keys=b"reboot\nalloc 64\n")
    assert ended.returncode == 0
    assert b"alloc 64" not in ended.stdout


def test_a_status_is_handed_on_as_that_of_the_machine() -> None:
    ended = _make_run(keys=b"poweroff 3\n")
    assert ended.returncode != 0
    assert b"Error 7" in ended.stdout


def test_make_n_prints_what_it_would_run() -> None:
    for options in (("-n",), ("-n", "-k"), ("--dry-run",)):
        ended = _make_run(*options)
        assert ended.returncode == 0
        assert b"qemu-system-x86_64" in ended.stdout
        assert PROMPT not in ended.stdout
