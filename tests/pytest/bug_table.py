# SPDX-License-Identifier: MIT
"""What `bug NAME` does and is reported as, on a heap that has one live block; and `fault NAME`."""

from __future__ import annotations

import dataclasses

@dataclasses.dataclass(frozen=True)
class Expected:
    """What is reported beside the bystander: the block's number, what it is about, what stays."""

    code: str
    block: int | None
    size: int
    offset: int
    left: int
    freed: bool = False
    touched: int | None = None


BUGS = {
    "leak": Expected("leak", 2, 100, 0, 1, touched=100),
    "double-free": Expected("double-free", 2, 8, 0, 0, freed=True),
    "use-after-free": Expected("use-after-free", 2, 24, 0, 1, freed=True, touched=8),
    "overflow": Expected("overflow", 2, 12, 12, 1, touched=4),
    "underflow": Expected("underflow", 3, 24, -1, 2, touched=24),
    "over-read": Expected("overflow", 2, 12, 0, 1, touched=16),
    "under-read": Expected("underflow", 3, 64, -1, 2, touched=64),
    "read-after-free": Expected("use-after-free", 2, 24, 0, 1, freed=True, touched=8),
    "interior-free": Expected("interior-free", 2, 32, 8, 1),
    "foreign-free": Expected("foreign-free", None, 0, 0, 0),
    "wrong-layout": Expected("wrong-layout", 2, 24, 0, 1),
    "array-delete": Expected("wrong-delete", 2, 8, 0, 1),
    "cycle": Expected("leak", 2, 40, 0, 2, touched=40),
    "dangling": Expected("use-after-free", 2, 8, 0, 0, freed=True, touched=8),
    "deadlock": Expected("deadlock", None, 0, 0, 0),
    "corrupt-list": Expected("corrupted-heap", 2, 16, 0, 0, freed=True),
}

FAULT_CODES = {
    "null": "page-fault",
    "wild": "cpu-fault",
    "read-only": "page-fault",
    "execute": "page-fault",
    "stack": "stack-overflow",
    "divide": "cpu-fault",
    "invalid-opcode": "cpu-fault",
    "general-protection": "cpu-fault",
    "unaligned": "cpu-fault",
    "guard": "page-fault",
    "overflow": "cpu-fault",
    "bound": "cpu-fault",
    "device-not-available": "cpu-fault",
    "double-fault": "cpu-fault",
    "segment-not-present": "cpu-fault",
    "stack-segment": "cpu-fault",
    "x87": "cpu-fault",
    "simd": "cpu-fault",
}
