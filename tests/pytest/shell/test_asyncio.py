# SPDX-License-Identifier: MIT
"""The shell on asyncio: `OutputParser` needs no pexpect; the loop reads, and it parses."""

from __future__ import annotations

import asyncio
import os
import pty
from contextlib import asynccontextmanager
from typing import Any, AsyncIterator, Coroutine

import pytest
from first_fit import HEAP_START
from heap44.console import scaled
from heap44.machine import build_directory
from heap44.output_parser import Answer, Echo, Event, Line, OutputParser, Prompt

HOST = str(build_directory() / "heap44-host")
PIPE = asyncio.subprocess.PIPE

# So few bytes at once that prompts and answers come in pieces.
_few = 5


def _run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, scaled(20)))


async def _events(reader: asyncio.StreamReader) -> AsyncIterator[Event]:
    parser = OutputParser()
    while data := await reader.read(_few):
        for event in parser.receive(data):
            yield event
    assert parser.unfinished == b""


async def _to_prompt(events: AsyncIterator[Event]) -> list[Event]:
    """What comes in front of the next prompt."""
    found: list[Event] = []
    async for event in events:
        if event == Prompt():
            return found
        found.append(event)
    raise AssertionError(f"no prompt behind {found}")


@asynccontextmanager
async def _terminal() -> AsyncIterator[tuple[AsyncIterator[Event], int]]:
    """A heap44-host at a terminal of its own: its events, and where one types."""
    ours, its = pty.openpty()
    process = await asyncio.create_subprocess_exec(HOST, stdin=its, stdout=its, stderr=its)
    os.close(its)
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), open(ours, "rb", buffering=0)
    )
    try:
        yield _events(reader), ours
    finally:
        process.kill()
        await process.wait()
        transport.close()


def test_answers_come_through_pipes_from_programs_that_run_at_once() -> None:
    async def answers(lines: list[str]) -> list[dict[str, Any]]:
        process = await asyncio.create_subprocess_exec(HOST, stdin=PIPE, stdout=PIPE)
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write("".join(f"{line} --json\r" for line in lines).encode())
        process.stdin.write_eof()
        events = [event async for event in _events(process.stdout)]
        assert await process.wait() == 0
        assert all(isinstance(event, Answer) for event in events), "neither prompt nor echo"
        return [event.value for event in events if isinstance(event, Answer)]

    async def work() -> None:
        lines = ["alloc 64", "alloc 100 align=64", "free #1", "freelist"]
        several = await asyncio.gather(*(answers(lines) for _ in range(3)))
        for first, second, freed, holes in several:
            assert first["blocks"][0]["address"] == freed["freed"][0]["address"] == hex(HEAP_START)
            assert second["blocks"][0]["address"] == hex(HEAP_START + 64)
            assert [hole["address"] for hole in holes["holes"]][0] == hex(HEAP_START)
            assert [each["seq"] for each in (first, second, freed, holes)] == [1, 2, 3, 4]

    _run(work())


def test_a_terminal_tells_prompts_echoes_and_answers_apart() -> None:
    async def work() -> None:
        async with _terminal() as (events, keys):
            banner = await _to_prompt(events)
            assert any(isinstance(event, Line) and b"Heap44" in event.text for event in banner)
            os.write(keys, b"alloc 64\r")
            echo, line = await _to_prompt(events)
            assert echo == Echo(b"alloc 64")
            assert type(line) is Line and hex(HEAP_START).encode() in line.text
            os.write(keys, b"free #1 --json\r")
            echo, answer = await _to_prompt(events)
            assert echo == Echo(b"free #1 --json") and isinstance(answer, Answer)
            assert answer.value["freed"][0]["address"] == hex(HEAP_START)

    _run(work())


@pytest.mark.parametrize("ahead", ["stats --json\rstats --json\r", "fault null\rstats --json\r"])
def test_what_is_typed_ahead_is_answered_in_order(ahead: str) -> None:
    async def work() -> None:
        async with _terminal() as (events, keys):
            await _to_prompt(events)
            os.write(keys, ahead.encode())
            first, *_ = await _to_prompt(events)
            second, answer = await _to_prompt(events)
            assert [first, second] == [Echo(line.encode()) for line in ahead.split("\r")[:2]]
            assert isinstance(answer, Answer) and answer.value["seq"] == 2

    _run(work())
