# SPDX-License-Identifier: MIT
"""The scene of a campaign: a heap with a random valid history, demands on it, and the way back."""

from __future__ import annotations

import random
import re
from typing import Any

from campaign_model import Image, Model, Verdict
from heap44 import Heap, Machine
from report_log import CODES, codes_of
from support import told

CONTAINERS = ("vectest 40", "maptest", "listtest", "strtest", "manyboxes 30", "settest")


class Miss(AssertionError):
    """A campaign did not end as it must."""


def demand(found: Any, wanted: Any, what: str) -> None:
    if found != wanted:
        raise Miss(f"{what}: {found!r} instead of {wanted!r}")


class Scene:
    """A heap with a history, and what is done to it. `undo` can take back its `steps`."""

    def __init__(self, machine: Machine, setting: str, source: random.Random) -> None:
        self.machine, self.heap = machine, Heap(machine.console)
        self.setting, self.source = setting, source
        self.steps: list[str] = []
        self._run_history()
        self._leave_a_choice()
        self.model = Model(machine, self.heap)
        self.remember()

    @property
    def design(self) -> str:
        return self.model.design

    # --- commands ---

    def do(self, command: str, *, reported: tuple[str, ...] | None = ()) -> dict[str, Any]:
        """Runs a command that must succeed, change the heap, and come with these reports."""
        answer = self.look(command, reported=reported)
        self.steps.append(command)
        return answer

    def look(self, command: str, *, reported: tuple[str, ...] | None = ()) -> dict[str, Any]:
        """The same for one that changes nothing. With `None` the caller sees what is reported."""
        answer = self.heap.answer(command)
        demand(answer["ok"], True, f"{command}: {answer}")
        if reported is not None:
            demand(tuple(codes_of(answer)), reported, f"reports of {command}")
        return answer

    def refused(self, command: str, verdict: Verdict, address: int | None) -> dict[str, Any]:
        """Runs a command that must be refused, with nothing else reported; the error."""
        answer = self.heap.answer(command)
        demand(answer["ok"], False, f"{command}: {answer}")
        error: dict[str, Any] = answer["error"]
        reports = (verdict.code,) if verdict.code in CODES else ()
        demand(tuple(codes_of(answer)), reports, f"reports of {command}")
        holds(error, verdict, address, command)
        return error

    def memory(self) -> bytes:
        """The whole heap, as it is."""
        return self.machine.read_memory(self.model.start, self.model.end - self.model.start)

    def problems(self) -> list[tuple[str, int]]:
        found = self.heap.answer("check")["problems"]
        return [(problem["code"], int(problem["address"], 16)) for problem in found]

    def meets_nothing(self, *commands: str) -> None:
        """Commands that have nothing to do with the bug report nothing."""
        looked = (*commands, "heapmap", "stats", "blocks", "leaks")
        for command, answer in zip(looked, self.heap.pipeline(looked)):
            demand((answer["ok"], [*codes_of(answer)]), (True, []), command)

    def _leave_a_choice(self) -> None:
        """A short history may free nothing, or leave one block: then some more come and go."""
        live = [block for block in self.heap.blocks() if block.size > 0]
        events = self.heap.answer("trace show")["events"]
        if len(live) < 2 or all(event["event"] != "free" for event in events):
            blocks = self.heap.answer("alloc 24 count=3")["blocks"]
            self.heap.free(f"#{blocks[1]['id']}")

    # --- the way back ---

    def remember(self) -> None:
        """This is how the heap has to be when all steps are taken back."""
        self.before = Image.of(self.machine, self.model)
        self.told_before = self._told()

    def end(self) -> None:
        """All steps are taken back, exactly, made again, and taken back."""
        if not self.steps:
            self.same("what changes nothing")
            last = self.heap.undo().last
            self.heap.redo()
            return self.same(f"undo and redo of {last}")
        if self._holds_too_much():
            return
        problems = self.problems()
        after = Image.of(self.machine, self.model)
        self._take_back()
        if self.source.random() < 0.5:
            demand(self.heap.redo(len(self.steps)).steps, len(self.steps), "steps of redo")
            demand(self.problems(), problems, "problems after redo")
            demand(Image.of(self.machine, self.model) == after, True, "as it was, after redo")
            self._take_back()

    def _holds_too_much(self) -> bool:
        """Whether guard-page's blocks hold more than undo can copy, as it says: no way back."""
        answer = self.heap.answer("undo")
        if answer["ok"]:
            self.heap.redo()
            return False
        error = answer["error"]
        found = re.search(r"hold more than the (\d+) KiB", error["message"])
        refused = self.design, error["code"], found is None
        demand(refused, ("guard-page", "not-supported", False), "undo")
        held = sum(block.size for block in self.heap.blocks())
        demand(held > int(found[1]) * 1024 if found else 0, True, f"{held} bytes held, {error}")
        return True

    def same(self, what: str) -> None:
        now = Image.of(self.machine, self.model)
        demand(now.memory == self.before.memory, True, f"memory after {what}")
        demand(now.records == self.before.records, True, f"records after {what}")
        demand(self._told(), self.told_before, f"what is told after {what}")
        demand(self.problems(), [], f"problems after {what}")

    def _take_back(self) -> None:
        taken = self.heap.undo(len(self.steps))
        demand(taken.steps, len(self.steps), "steps of undo")
        # A long command is shown in part.
        demand(self.steps[0].startswith(taken.last), True, f"{self.steps[0]} undone: {taken.last}")
        self.same(f"undo of {self.steps}")

    def _told(self) -> list[dict[str, Any]]:
        """What the shell tells of the heap; failures always count on."""
        answers = told(self.heap, "freelist", "blocks", "stats", "leaks")
        answers[2]["failures"] = 0
        return answers

    # --- the history ---

    def _run_history(self) -> None:
        heap, setting = self.heap, self.setting
        first = f"policy {setting}" if setting.startswith("fit=") else f"allocator {setting}"
        settings = ("json off", "ansi off", "asan on", "failafter off", "trace off", "poison on")
        design = "allocator linked-list --force"
        policy = "policy fit=first order=address coalesce=on --force"
        begun = heap.pipeline((*settings, design, policy, f"{first} --force", "reset", "trace on"))
        demand([answer["ok"] for answer in begun], [True] * len(begun), "a clean heap")
        commands = history(self.source, self.source.randint(8, 40))
        for command, answer in zip(commands, heap.pipeline(commands)):
            error = None if answer["ok"] else answer["error"]["code"]
            # A block that did not fit is no block later on.
            demand(error in (None, "out-of-memory", "no-such-block"), True, f"{command}: {answer}")
            demand(list(codes_of(answer)), [], f"reports of {command}")


def holds(report: dict[str, Any], verdict: Verdict, address: int | None, what: str) -> None:
    """A report tells what it must: the code, the place, the block, and where in it."""
    block = report.get("block")
    found = Verdict(report["code"], block and block["id"], report.get("offset") if block else None)
    demand(found, verdict, what)
    demand(address_in(report), address, f"address of {what}")


def address_in(report: dict[str, Any]) -> int | None:
    return None if report.get("address") is None else int(report["address"], 16)


def history(source: random.Random, count: int) -> list[str]:
    """Commands on blocks with names, each allocated before it is used, and freed once at most."""
    commands, live, given = [], list[str](), 0

    def size() -> int:
        ranges = ((0, 64), (1, 300), (1, 2500))
        return source.choice([source.randint(least, most) for least, most in ranges])

    for _ in range(count):
        choice = source.random()
        if len(live) < 3 or choice < 0.4:
            given += 1
            live.append(f"b{given}")
            align = f" align={1 << source.randrange(9)}" if source.random() < 0.3 else ""
            word = source.choice(("alloc", "alloc", "zalloc"))
            commands.append(f"{word} {size()}{align} name=b{given}")
        elif choice < 0.75:
            commands.append(f"free {live.pop(source.randrange(len(live)))}")
        elif choice < 0.85:
            commands.append(f"realloc {source.choice(live)} {size()}")
        elif choice < 0.93:
            commands.append(f"fill {source.choice(live)} {source.randrange(256):02x}")
        elif choice < 0.97:
            commands.append(source.choice(CONTAINERS))
        else:
            commands.append(f"ops +{size()},+{size()},-0")
    return commands
