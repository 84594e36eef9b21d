# SPDX-License-Identifier: MIT
"""What can go wrong: a class per error code of the shell, and two for a machine that is silent."""

from __future__ import annotations

from typing import Any, ClassVar


class Heap44Error(Exception):
    """The shell answered a command with an error.

    ``code`` is the contract's word (``double-free``), ``message`` is for people, ``address`` is
    what the error speaks of or ``None``; ``details`` holds the whole ``error`` object of the
    answer and ``answer`` the answer itself.
    """

    expected_code: ClassVar[str] = ""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer
        self.details: dict[str, Any] = answer["error"]
        self.code: str = self.details["code"]
        self.message: str = self.details["message"]
        address = self.details.get("address")
        self.address: int | None = None if address is None else int(address, 16)
        super().__init__(f"{answer.get('command')}: {self.code}: {self.message}")


class UnknownCommand(Heap44Error):
    expected_code = "unknown-command"


class BadArgument(Heap44Error):
    expected_code = "bad-argument"


class LineTooLong(Heap44Error):
    expected_code = "line-too-long"


class LineDamaged(Heap44Error):
    expected_code = "line-damaged"


class OutOfMemory(Heap44Error):
    expected_code = "out-of-memory"


class NoSuchBlock(Heap44Error):
    expected_code = "no-such-block"


class ForeignFree(Heap44Error):
    expected_code = "foreign-free"


class DoubleFree(Heap44Error):
    expected_code = "double-free"


class InteriorFree(Heap44Error):
    expected_code = "interior-free"


class InvalidFree(Heap44Error):
    expected_code = "invalid-free"


class WrongLayout(Heap44Error):
    expected_code = "wrong-layout"


class WrongDelete(Heap44Error):
    expected_code = "wrong-delete"


class UseAfterFree(Heap44Error):
    expected_code = "use-after-free"


class Overflow(Heap44Error):
    expected_code = "overflow"


class Underflow(Heap44Error):
    expected_code = "underflow"


class CorruptedHeap(Heap44Error):
    expected_code = "corrupted-heap"


class WouldLoseBlocks(Heap44Error):
    expected_code = "would-lose-blocks"


class NameInUse(Heap44Error):
    expected_code = "name-in-use"


class NotSupported(Heap44Error):
    expected_code = "not-supported"


class NothingToUndo(Heap44Error):
    expected_code = "nothing-to-undo"


class NoSuchSnapshot(Heap44Error):
    expected_code = "no-such-snapshot"


class Unmapped(Heap44Error):
    expected_code = "unmapped"


class PageFault(Heap44Error):
    expected_code = "page-fault"


class CpuFault(Heap44Error):
    expected_code = "cpu-fault"


class StackOverflow(Heap44Error):
    expected_code = "stack-overflow"


class Deadlock(Heap44Error):
    expected_code = "deadlock"


class Panic(Heap44Error):
    expected_code = "panic"


class Interrupted(Heap44Error):
    expected_code = "interrupted"


_by_code = {kind.expected_code: kind for kind in Heap44Error.__subclasses__()}


def error_of(answer: dict[str, Any]) -> Heap44Error:
    """The error that ``answer`` (whose ``ok`` is false) tells, as the class of its code."""
    return _by_code.get(answer["error"]["code"], Heap44Error)(answer)


class MachineEnded(Exception):
    """The machine or program ended, or closed its terminal, while an answer was awaited."""


class AnswerTimeout(Exception):
    """An answer did not come in time; the text shows the bytes that did."""
