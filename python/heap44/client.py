# SPDX-License-Identifier: MIT
"""The shell's commands as typed methods. Each raises the `Heap44Error` that the shell answers."""

from heap44.commands.blocks import BlockCommands
from heap44.commands.designs import DesignCommands
from heap44.commands.history import HistoryCommands
from heap44.commands.machine import MachineCommands
from heap44.commands.memory import MemoryCommands
from heap44.commands.words import BlockLike, Size

__all__ = ["BlockLike", "Heap", "Size"]


class Heap(BlockCommands, MemoryCommands, DesignCommands, HistoryCommands, MachineCommands):
    """A heap behind a shell."""
