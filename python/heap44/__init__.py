# SPDX-License-Identifier: MIT
"""Drives Heap44 from Python: boots machines, speaks to their shell, looks at them from outside.

    with Machine() as machine:
        block = machine.heap.alloc(64, name="first")
        machine.heap.free(block)

`HostProgram` does the same without a machine: the shell as a Linux program.

`heap44.output_parser` takes a shell's bytes apart without I/O: with it asyncio serves as well.

Addresses are ``int``, sizes are ``int`` bytes, what was absent in the answer is ``None``. An answer
that is an error raises the subclass of `Heap44Error` for its code.
"""

from heap44.client import Heap
from heap44.console import Console
from heap44.errors import AnswerTimeout, Heap44Error, MachineEnded
from heap44.host import HostProgram
from heap44.machine import Machine
from heap44.model import (
    Block,
    Cell,
    Check,
    DesignInForce,
    FreeList,
    HeapMap,
    Hole,
    Node,
    Policy,
    Stats,
)
from heap44.reports import CommittedBug, Frames, PageWalk, Region, Repair, Report
from heap44.runs import (
    BenchResult,
    Difference,
    Operation,
    RandomRun,
    Replay,
    Rest,
    Search,
    SnapshotUsed,
    StepsTaken,
    StressRun,
    Trace,
    Trial,
    VisitedHole,
)

__all__ = [
    "AnswerTimeout",
    "BenchResult",
    "Block",
    "Cell",
    "Check",
    "CommittedBug",
    "Console",
    "DesignInForce",
    "Difference",
    "Frames",
    "FreeList",
    "Heap",
    "Heap44Error",
    "HeapMap",
    "Hole",
    "HostProgram",
    "Machine",
    "MachineEnded",
    "Node",
    "Operation",
    "PageWalk",
    "Policy",
    "RandomRun",
    "Region",
    "Repair",
    "Replay",
    "Report",
    "Rest",
    "Search",
    "SnapshotUsed",
    "Stats",
    "StepsTaken",
    "StressRun",
    "Trace",
    "Trial",
    "VisitedHole",
]
