# SPDX-License-Identifier: MIT
"""Processors that lack what the kernel's code is compiled for: one line names it, nothing runs."""

from __future__ import annotations

from typing import Callable

import pytest
from heap44 import Heap, Machine

Boot = Callable[..., Machine]

LACKING = {
    "qemu64,-nx": "no-execute pages",
    "qemu64,-lm": "long mode",
    "qemu32": "long mode, no-execute pages",
    "qemu64,-sse,-sse2": "SSE, SSE2",
    "qemu64,-sse2": "SSE2",
    "qemu64,-fxsr": "FXSR",
    "qemu64,-cmov": "CMOV",
    "qemu64,-fpu": "x87",
    "qemu64,-tsc": "TSC",
    "qemu64,-msr": "MSR",
    "qemu64,-pae": "PAE",
    "qemu64,xlevel=0": "long mode, no-execute pages",
    "486": "long mode, no-execute pages, PAE, MSR, TSC, CMOV, FXSR, SSE, SSE2",
}


def _said(boot: Boot, processor: str, firmware: str) -> bytes:
    machine = boot(firmware, extra=["-cpu", processor], wait=False)
    machine.console.read_to(b"\r\nheap44: ")
    return machine.console.read_line()


@pytest.mark.parametrize("processor", LACKING)
def test_what_the_processor_lacks_is_named(boot: Boot, processor: str) -> None:
    said = _said(boot, processor, "pvh")
    assert said == f"this processor lacks {LACKING[processor]}".encode()


def test_it_is_named_under_grub(boot: Boot) -> None:
    assert _said(boot, "qemu64,-sse,-sse2", "bios") == b"this processor lacks SSE, SSE2"


def test_nothing_else_is_asked_for(boot: Boot) -> None:
    absent = "mce,mca,cx8,mmx,pse,pse36,pge,de,apic,sep,pat,mtrr,clflush,syscall,cx16,sse3,popcnt"
    processor = "qemu64" + "".join(f",-{each}" for each in absent.split(","))
    heap = Heap(boot(extra=["-cpu", processor]).console)
    assert heap.alloc(64).id == 1
    assert heap.fault("divide").code == "cpu-fault"
