# SPDX-License-Identifier: MIT
"""A terminal to a shell: bytes in and out through pexpect, for `OutputParser`; a transcript."""

from __future__ import annotations

import os
import threading

import pexpect
from pexpect.fdpexpect import fdspawn

from heap44.errors import AnswerTimeout, MachineEnded
from heap44.model import JsonObject
from heap44.output_parser import PROMPT, Answer, Event, Line, OutputParser

__all__ = ["PROMPT", "Console", "scaled"]

# Writes up to this size go out at once: they fit the pipe's buffer whatever the other side does.
_small_write = 4096


def scaled(seconds: float) -> float:
    """A timeout, times HEAP44_TIMEOUT_FACTOR: slow machines need only this one setting."""
    return seconds * float(os.environ.get("HEAP44_TIMEOUT_FACTOR", "1"))


class _Transcript:
    """All that was received; pexpect writes to it as to a log file."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> None:
        self.data += data

    def flush(self) -> None:
        """Nothing is buffered."""


class Console:
    """The far end of a serial line (or of a pipe pair, then ``prompts`` is false).

    Every wait ends after ``timeout`` seconds with `AnswerTimeout`, or with `MachineEnded`.
    ``sent`` is all that was typed. ``taken`` holds the codes of the errors and reports that were
    handed out as such: raised, or returned by a method that is there to provoke them. All others
    stand in the transcript alone. ``speaker`` is the session that sent a command last.
    """

    def __init__(self, reader: int, writer: int, *, prompts: bool = True) -> None:
        self.prompts = prompts
        self.timeout = scaled(10)
        self.sent = bytearray()
        self.taken: list[str] = []
        self.speaker: object | None = None
        self._transcript = _Transcript()
        self._writer = writer
        self._feeder: threading.Thread | None = None
        # pexpect pauses 50 ms before it sends, for passwords, and 0.1 ms after each read.
        self.pexpect = fdspawn(reader, timeout=self.timeout, maxread=65536)
        self.pexpect.delaybeforesend = self.pexpect.delayafterread = None
        self.pexpect.logfile_read = self._transcript

    @property
    def transcript(self) -> str:
        """All that was received so far; undecodable bytes stand as escapes."""
        return self._transcript.data.decode("utf-8", "backslashreplace")

    @property
    def transcript_bytes(self) -> bytearray:
        """The same, as it came."""
        return self._transcript.data

    @property
    def received(self) -> int:
        """How many bytes were received so far."""
        return len(self._transcript.data)

    def send(self, data: bytes) -> None:
        """Sends bytes as they are. Large data is fed by a thread, so that answers can be read."""
        self.sent += data
        if len(data) <= _small_write and not self._feeding():
            try:
                self._write(data)
            except OSError:
                raise MachineEnded(self._story("the other side ended")) from None
            return
        self._feeder = threading.Thread(target=self._feed, args=(data, self._feeder), daemon=True)
        self._feeder.start()

    def send_line(self, text: str) -> None:
        """Types a line and Enter."""
        self.send(text.encode() + b"\r")

    def read_line(self) -> bytes:
        """The next line, without its end; prompts in front of it are taken off."""
        return self._read_line(OutputParser()).text

    def read_answer(self) -> JsonObject:
        """The next answer in JSON; echoes and other lines in front of it are passed over."""
        parser = OutputParser()
        while True:
            line = self._read_line(parser)
            if isinstance(line, Answer):
                return line.value

    def read_to_prompt(self) -> str:
        """Waits for the prompt at the start of a line; the text in front of it."""
        parser, text = OutputParser(), b""
        while True:
            for event in self._read_events(parser, [PROMPT, b"\n"]):
                if not isinstance(event, Line):
                    return text.decode("utf-8", "backslashreplace").replace("\r", "")
                text += event.text + b"\n"

    def read_to(self, token: bytes) -> bytes:
        """Waits for these bytes; what came in front of them."""
        self._expect([token])
        before: bytes = self.pexpect.before
        return before

    def read_rest(self, timeout: float | None = None) -> bytes:
        """All that comes until the other side ends."""
        try:
            self.pexpect.expect(pexpect.EOF, timeout=timeout or self.timeout)
        except pexpect.TIMEOUT:
            raise AnswerTimeout(self._story("no end")) from None
        rest: bytes = self.pexpect.before if isinstance(self.pexpect.before, bytes) else b""
        return rest

    def _read_line(self, parser: OutputParser) -> Line:
        *_, line = self._read_events(parser, [b"\n"])
        assert isinstance(line, Line)
        return line

    def _read_events(self, parser: OutputParser, tokens: list[bytes]) -> list[Event]:
        """What ends with the next of ``tokens``. What comes behind it stays with pexpect, whose own
        methods may thus read in between; so each reading parses anew, as from the start of a line.
        """
        self._expect(tokens)
        return parser.receive(self.pexpect.before + self.pexpect.after)

    def _expect(self, tokens: list[bytes]) -> int:
        try:
            return int(self.pexpect.expect_exact(tokens, timeout=self.timeout))
        except pexpect.TIMEOUT:
            raise AnswerTimeout(self._story(f"none of {tokens} in {self.timeout} s")) from None
        except (pexpect.EOF, OSError):
            raise MachineEnded(self._story("the other side ended")) from None

    def _story(self, what: str) -> str:
        return f"{what}; received {self.received} bytes, the last:\n{self.transcript[-2000:]}"

    def _feeding(self) -> bool:
        return self._feeder is not None and self._feeder.is_alive()

    def _feed(self, data: bytes, before: threading.Thread | None) -> None:
        if before is not None:
            before.join()
        try:
            self._write(data)
        except OSError:
            # The reader meets the end too, and tells it with what came before.
            pass

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._writer, view) :]
