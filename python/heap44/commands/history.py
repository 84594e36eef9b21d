# SPDX-License-Identifier: MIT
"""Back and forth in time: traces, undo, snapshots and what is different between them."""

from __future__ import annotations

from heap44.model import JsonObject
from heap44.runs import Difference, Replay, SnapshotUsed, StepsTaken, Trace
from heap44.session import Session


class HistoryCommands(Session):
    """What records changes, takes them back, and does them again."""

    def trace(self, what: str = "") -> Trace:
        """``on`` begins to record, ``off`` ends it, ``show`` tells commands and events; what there
        is then, ``off`` and ``show`` with both."""
        if what == "off":
            self.command("trace off")
        return Trace.of(self.command("trace show" if what == "off" else f"trace {what}".rstrip()))

    def replay(self, *, force: bool = False) -> Replay:
        """Does what was traced again, from an empty heap. ``force`` gives up live blocks.

        Raises `WouldLoseBlocks`, and `NotSupported` where the trace does not tell how to begin.
        """
        return Replay.of(self.command("replay" + (" --force" if force else "")))

    def replay_module(self) -> JsonObject:
        """Runs the commands in the file that the boot loader brought along; the whole answer."""
        return self.command("replay --module")

    def undo(self, steps: int | None = None) -> StepsTaken:
        """Takes back the last ``steps`` changes, as many as there are. Raises `NothingToUndo`."""
        return StepsTaken.of(self.command("undo" + ("" if steps is None else f" {steps}")))

    def redo(self, steps: int | None = None) -> StepsTaken:
        """Does again what `undo` took back. Raises `NothingToUndo`."""
        return StepsTaken.of(self.command("redo" + ("" if steps is None else f" {steps}")))

    def snapshot(self, name: str) -> SnapshotUsed:
        """Remembers the heap as it is now, in place of a snapshot of the same name."""
        return SnapshotUsed.of(self.command(f"snapshot {name}"))

    def restore(self, name: str) -> SnapshotUsed:
        """Makes the heap what it was at a snapshot. Raises `NoSuchSnapshot`."""
        return SnapshotUsed.of(self.command(f"restore {name}"))

    def diff(self, name: str | None = None) -> Difference:
        """What is different from a snapshot, or without a name from before the last change."""
        return Difference.of(self.command("diff" + ("" if name is None else f" {name}")))
