# SPDX-License-Identifier: MIT
"""Input that nobody would type: after each piece the shell answers in step, and nothing has run."""

from __future__ import annotations

import random

import pytest
from heap44 import Heap, Machine

ESC = b"\x1b"
GARBAGE = {
    "nothing but zeroes": b"\0" * 500,
    "every byte": bytes(range(256)),
    "every byte backwards": bytes(range(255, -1, -1)),
    "every control character": bytes(range(32)) * 3,
    "only high bytes": bytes(range(128, 256)) * 4,
    "a continuation byte alone": b"\x80\xbf echo",
    "an overlong slash": b"\xc0\xaf\xe0\x80\xaf",
    "a surrogate": b"\xed\xa0\x80\xed\xbf\xbf",
    "beyond unicode": b"\xf4\x90\x80\x80\xf8\x88\x80\x80\x80\xff\xfe",
    "a cut multibyte character": b"echo \xe2\x82",
    "valid unicode": "echo grüße 漢字 🙂 \u202e".encode(),
    "a combining storm": ("e" + "\u0301" * 300).encode(),
    "ten thousand letters": b"x" * 10_000,
    "ten thousand blanks": b" " * 10_000,
    "ten thousand quotes": b'"' * 10_000,
    "ten thousand semicolons": b";" * 10_000,
    "a thousand empty lines": b"\r" * 1000,
    "a thousand tabs": b"\t" * 1000,
    "a thousand backspaces": b"\x7f" * 1000,
    "an escape alone": ESC,
    "many escapes": ESC * 300,
    "a cut sequence": ESC + b"[",
    "a cut sequence with numbers": ESC + b"[12;34;56",
    "endless parameters": ESC + b"[" + b"1;" * 3000 + b"m",
    "a huge parameter": ESC + b"[99999999999999999999999999C",
    "a sequence in a sequence": ESC + b"[" + ESC + b"[" + ESC + b"O",
    "an operating system command": ESC + b"]0;title\x07",
    "a device control string": ESC + b"P1$r0m" + ESC + b"\\",
    "mouse reports": (ESC + b"[<0;10;10M") * 40 + ESC + b"[M\x20\x21\x22",
    "cursor keys without end": (ESC + b"[A" + ESC + b"[B" + ESC + b"[C" + ESC + b"[D") * 200,
    "an unclosed quote": b'alloc "64',
    "quotes in quotes": b'alloc "6"4"" name="""',
    "a paste without an end": ESC + b"[200~alloc 64\x03",
    "an end of a paste without a start": ESC + b"[201~",
    "a paste in a paste": ESC + b"[200~" + ESC + b"[200~xx" + ESC + b"[201~" + ESC + b"[201~",
    "a search of nothing": b"\x12\x12\x12\x03",
    "a search of garbage": b"\x12\xff\x00zzz" + ESC + b"[A\x03",
    "options of nothing": b"alloc = == =8 8= --=8 -- - --",
    "a format string": b"echo %s%s%s%n {} {0} {:x} {",
    "a prompt": b"echo heap44> heap44> ",
    "json": b'{"ok":true,"seq":1}',
    "a number of commands": b"nosuch;" * 140,
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_survived_in_step(heap: Heap, name: str) -> None:
    heap.alloc(64, name="bystander")
    heap.console.send(GARBAGE[name] + b"\r\r")
    heap.resynchronise()
    assert [block.name for block in heap.blocks()] == ["bystander"]
    assert heap.alloc(32).id == 2


@pytest.mark.parametrize("seed", range(8))
def test_random_bytes_are_survived_in_step(heap: Heap, seed: int) -> None:
    # Ctrl-R is left out: what it would find and run is no accident that this test can judge.
    data = bytes(b for b in random.Random(seed).randbytes(3000) if b != 0x12)
    heap.console.send(data + b"\x03\r\r")
    heap.resynchronise()
    assert heap.alloc(32).size == 32


@pytest.mark.parametrize("seed", range(4))
def test_random_escape_sequences_are_survived_in_step(heap: Heap, seed: int) -> None:
    source = random.Random(seed)
    alphabet = b"\x1b[[[OPX;;?0123456789ABCDFHKRZ~~ab \x7f\t"
    data = bytes(source.choice(alphabet) for _ in range(3000))
    heap.console.send(data + b"\x03\r\r")
    heap.resynchronise()
    assert heap.alloc(32).size == 32


def test_zeroes_and_broken_bytes_are_dropped_from_a_line(heap: Heap) -> None:
    heap.command("json on")
    heap.console.send(b"al\0lo\xffc 6\xc34\x80\r")
    assert heap.read_answer()["blocks"][0]["size"] == 64


QUOTING = [
    *("{}", "free {}", "alloc {}", "alloc 8 {}", "alloc 8 align={}", "allocator {}"),
    *("policy fit={}", "ops {}", "trace {}", "bug {}", "poke 0x444444440000 {}"),
    *("fill 0x444444440000 8 {}", 'compare "alloc 8" by={}', "snapshot {}", "restore {}"),
    "help {}",
]


@pytest.mark.parametrize("command", QUOTING)
def test_a_long_word_is_quoted_in_whole_characters(either: Heap, command: str) -> None:
    for letters in range(4):
        word = "x" * letters + "\U0001f642" * 30
        message = either.answer(command.format(word))["error"]["message"]
        assert word[: letters + (40 - letters) // 4] in message
        assert "\\x" not in message, "a piece of a character"


@pytest.mark.parametrize(
    ("dropped", "bells"),
    [
        (b"\xff", 1),
        (b"\xe2\x82", 1),
        (b"\xed\xa0\x80", 3),
        (b"\xe2\xe2\x82\xac", 1),
        (b"\xf0\x05", 1),
    ],
)
@pytest.mark.parametrize("behind", [b"", b"b"])
def test_dropped_bytes_ring_the_bell(
    heap: Heap, dropped: bytes, bells: int, behind: bytes
) -> None:
    begin = heap.console.received
    heap.console.send(b"echo a" + dropped + behind + b"\r")
    heap.resynchronise()
    echoed = heap.console.transcript_bytes[begin:].partition(b"\r")[0]
    assert echoed.count(b"\a") == bells


def test_a_line_of_1024_bytes_is_run(heap: Heap) -> None:
    heap.command("json on")
    heap.console.send(b"alloc 64".ljust(1024) + b"\r")
    assert heap.read_answer()["blocks"][0]["size"] == 64


@pytest.mark.parametrize("length", [1025, 1026, 2048, 10_000, 70_000])
def test_a_longer_line_is_refused_whole(heap: Heap, length: int) -> None:
    heap.command("json on")
    line = (b"alloc 64;" * (length // 9 + 1))[:length]
    heap.console.send(line + b"\ralloc 24\r")
    refused, run = heap.read_answer(), heap.read_answer()
    assert refused["error"]["code"] == "line-too-long"
    assert run["blocks"][0]["id"] == 1
    assert [block.size for block in heap.blocks()] == [24]


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (b"x" * 1100 + b"\x7f" * 1000, "x" * 100),
        (b"x" * 1100 + b"\x7f" * 1099 + b"y", "xy"),
        (b"x" * 1100 + b"\x15echo y", "y"),
    ],
    ids=["1000 backspaces", "1099 backspaces", "Ctrl-U"],
)
def test_what_is_left_of_a_line_that_was_too_long_is_run(
    heap: Heap, keys: bytes, text: str
) -> None:
    heap.command("json on")
    heap.console.send(b"echo " + keys + b"\r")
    assert heap.read_answer()["text"] == text


def test_a_line_that_lost_a_byte_is_refused(machine: Machine, heap: Heap) -> None:
    heap.command("json on")
    machine.console.send(b"alloc 6")
    machine.console.read_to(b"alloc 6")
    machine.qmp.send_break()
    machine.console.send(b"4\r")
    assert heap.read_answer()["error"]["code"] == "line-damaged"
    assert heap.blocks() == []


def test_a_line_behind_a_damaged_one_runs(machine: Machine, heap: Heap) -> None:
    machine.qmp.send_break()
    machine.console.send(b"\r")
    heap.resynchronise()
    assert heap.alloc(24).id == 1


@pytest.mark.long
def test_a_pasted_script_of_a_mebibyte_loses_nothing(machine: Machine, heap: Heap) -> None:
    lines = [f"alloc 16; free #{number} # ".ljust(1023, "x") for number in range(1, 1025)]
    script = "".join(f"{line}\r" for line in lines)
    assert len(script) == 2**20
    before = heap.command("stats")["seq"]
    machine.console.send(script.encode())
    heap.resynchronise()
    after = heap.command("stats")
    assert (after["allocations"], after["frees"], after["live"]) == (1024, 1024, 0)
    assert after["seq"] - before == 2 * 1024 + 2, "two for each line, two asked afterwards"
    shown = set(machine.transcript.splitlines())
    assert shown.issuperset(f"heap44> {line}" for line in lines), "each byte was shown"
