# SPDX-License-Identifier: MIT
"""The machine itself, and trouble made on purpose."""

from __future__ import annotations

from heap44.reports import CommittedBug, Repair, Report
from heap44.session import Session


class MachineCommands(Session):
    """What asks the machine, commits bugs, provokes faults, and repairs."""

    def failafter(self, count: int | str | None = None) -> int:
        """Lets the ``count``-th allocation from now fail (``off``: none); which one will."""
        text = "failafter" + ("" if count is None else f" {count}")
        return int(self.command(text)["count"])

    def uptime(self) -> int:
        """Milliseconds since boot."""
        return int(self.command("uptime")["ms"])

    def version(self) -> str:
        """The kernel's version."""
        return str(self.command("version")["version"])

    def fault(self, name: str) -> Report:
        """Provokes a fault of the processor; what it was reported as."""
        return Report.of(self.provoke(f"fault {name}")["report"])

    def lastfault(self) -> Report | None:
        """The last report, or ``None`` if there was none."""
        report = self.command("lastfault")["report"]
        return None if report is None else Report.of(report)

    def backtrace(self) -> list[str]:
        """The calls that lead to a command, the innermost first."""
        return list(self.command("backtrace")["backtrace"])

    def bug(self, name: str) -> Report:
        """Commits a bug; what it was reported as. ValueError where nothing noticed it."""
        report = self.commit(name).report
        if report is None:
            raise ValueError(f"bug {name}: nothing noticed it")
        return report

    def commit(self, name: str) -> CommittedBug:
        """Commits a bug: its source lines, and what was reported, if anything was."""
        return CommittedBug.of(self.provoke(f"bug {name}"))

    def asan(self, on: bool) -> bool:
        """Whether C++ code is stopped before a wrong access to the heap."""
        return bool(self.command(f"asan {'on' if on else 'off'}")["on"])

    def repair(self) -> Repair:
        """Puts right what `check` complains of; how much that was."""
        return Repair.of(self.command("repair"))

    def poison(self, on: bool | None = None) -> bool:
        """Whether free memory and padding are filled and watched; switches it, too."""
        word = "" if on is None else " on" if on else " off"
        return bool(self.command(f"poison{word}")["on"])
