# SPDX-License-Identifier: MIT
"""The part of the client without I/O: what it makes of a shell's bytes, however they are cut."""

from __future__ import annotations

import re
from typing import Callable

import pytest
from heap44 import Machine
from heap44.output_parser import Answer, Echo, Event, Line, OutputParser, Prompt
from hypothesis import given
from hypothesis import strategies as st

BOOT = b"\r\nHeap44 0.1.0 (1b68473): a heap to look at\r\n\r\n"
TYPED = b"heap44> alloc 8\r\n#1 0x444444440000\r\nheap44> stats --json\r\n"
ANSWER = b'{"ok":true,"seq":2,"command":"stats","text":"\xe2\x82\xac"}'
PANIC = b"\r\npanic: no way on, heap44> cannot come back\r\n"
SESSION = BOOT + TYPED + ANSWER + b"\r\nheap44> reboot\r\n" + PANIC + BOOT + b"heap44> al"

BANNER: list[Event] = [Line(b""), Line(b"Heap44 0.1.0 (1b68473): a heap to look at"), Line(b"")]
EVENTS: list[Event] = [
    *(*BANNER, Prompt(), Echo(b"alloc 8"), Line(b"#1 0x444444440000")),
    *(Prompt(), Echo(b"stats --json")),
    Answer(ANSWER, {"ok": True, "seq": 2, "command": "stats", "text": "€"}),
    *(Prompt(), Echo(b"reboot"), Line(b"")),
    *(Line(b"panic: no way on, heap44> cannot come back"), *BANNER, Prompt()),
]

# What lines begin and end with, whole and in pieces.
pieces = st.sampled_from(
    [
        *(b"heap44> ", b"heap4", b"4> ", b"\r", b"\n", b"\r\n", b"\x1b[8C", b"\xff", b"\0", b"a"),
        *(b'{"seq":1}', b'{"seq":', b"{", b"}", b"[1]", b"\xe2\x82\xac"),
    ]
)


def _received(*parts: bytes) -> tuple[list[Event], bytes]:
    parser = OutputParser()
    return [event for part in parts for event in parser.receive(part)], parser.unfinished


def _bytewise(data: bytes) -> tuple[list[Event], bytes]:
    return _received(*(data[at : at + 1] for at in range(len(data))))


def test_a_session_is_taken_apart() -> None:
    assert _received(SESSION) == (EVENTS, b"al")


def test_a_session_may_be_cut_anywhere() -> None:
    for cut in range(len(SESSION) + 1):
        assert _received(SESSION[:cut], SESSION[cut:]) == (EVENTS, b"al"), cut


def test_a_session_may_come_byte_by_byte() -> None:
    assert _bytewise(SESSION) == (EVENTS, b"al")


@given(st.lists(st.lists(pieces, max_size=6).map(b"".join)))
def test_any_bytes_may_be_cut_anywhere(parts: list[bytes]) -> None:
    whole = _received(b"".join(parts))
    assert _received(*parts) == whole
    assert _bytewise(b"".join(parts)) == whole


@given(st.lists(pieces).map(b"".join))
def test_each_line_end_ends_a_line(data: bytes) -> None:
    events, unfinished = _received(data)
    assert sum(isinstance(event, Line) for event in events) == data.count(b"\n")
    assert data.endswith(unfinished)


def test_an_event_comes_with_its_last_byte() -> None:
    parser = OutputParser()
    assert parser.receive(b"heap44>") == []
    assert parser.receive(b" ") == [Prompt()]
    assert parser.receive(b"a\r") == []
    assert parser.receive(b"\n") == [Echo(b"a")]
    assert parser.receive(b"") == []


def test_a_prompt_that_is_drawn_anew_is_no_second_one() -> None:
    assert _received(b"heap44> \rheap44> alloc 8") == ([Prompt()], b"alloc 8")
    assert _received(b"heap44> heap44> a\n") == ([Prompt(), Echo(b"a")], b"")


@pytest.mark.parametrize(
    "line",
    [b'{"seq":1} ', b'{"seq":1', b"[1]", b'{"ok":1}', b'"seq"', b'{"seq":\xff}', b"{" * 9 + b"}"],
)
def test_what_is_no_answer_is_a_line(line: bytes) -> None:
    assert _received(line + b"\r\n") == ([Line(line)], b"")


def test_what_is_nested_too_deep_is_a_line() -> None:
    deep = b'{"seq":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert _received(deep + b"\n") == ([Line(deep)], b"")


def test_an_echo_is_no_answer_and_what_looks_like_one_is() -> None:
    events, _ = _received(b'heap44> {"seq":1}\r\n{"seq":2}\r\n')
    assert events == [Prompt(), Echo(b'{"seq":1}'), Answer(b'{"seq":2}', {"seq": 2})]


@pytest.mark.expects("page-fault")
def test_a_fault_and_a_reboot_are_lines_between_prompts(boot: Callable[..., Machine]) -> None:
    machine = boot(reboots=True)
    answers = [machine.heap.answer(line) for line in ("alloc 64", "fault null")]
    machine.heap.text("fault null")
    machine.console.send_line("reboot")
    machine.console.read_line()
    assert machine.console.read_to_prompt().endswith(machine.banner)
    sent = bytes(machine.console.transcript_bytes)
    events, unfinished = _bytewise(sent)
    assert (events, unfinished) == _received(sent) and unfinished == b""
    assert [event.value for event in events if isinstance(event, Answer)] == answers
    assert events.count(Prompt()) == len(re.findall(rb"^heap44> ", sent, re.MULTILINE)) == 5
    typed = [event.text for event in events if isinstance(event, Echo)]
    assert typed == [b"alloc 64 --json", b"fault null --json", b"fault null", b"reboot"]
