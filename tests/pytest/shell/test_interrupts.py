# SPDX-License-Identifier: MIT
"""Machines whose interrupts come another way: keys, Ctrl-C and the timer are seen all the same."""

from __future__ import annotations

from typing import Callable

import pytest
from heap44 import Heap, Machine

Boot = Callable[..., Machine]

OTHER_LINE = ("-global", "isa-serial.irq=3")
# What QEMU is told, and how the serial port's interrupts come then.
MACHINES = {
    "pc": ((), "line 4, 8259"),
    "pc, COM1 elsewhere": (OTHER_LINE, "line 3, 8259"),
    "pc without 8259": (("-machine", "pic=off"), "line 4, I/O APIC"),
    "pc without 8259, COM1 elsewhere": (("-machine", "pic=off", *OTHER_LINE), "line 3, I/O APIC"),
    "q35": (("-machine", "q35"), "line 4, 8259"),
    "q35 without 8259": (("-machine", "q35,pic=off"), "line 4, I/O APIC"),
    "microvm": (("-machine", "microvm"), "line 4, I/O APIC"),
    "microvm without 8259": (("-machine", "microvm,pic=off"), "line 4, I/O APIC"),
}
POLLED = {
    "no APIC": ("-machine", "pic=off", "-cpu", "qemu64,-apic"),
    "microvm without ACPI": ("-machine", "microvm,acpi=off"),
}
COMPLAINT = "no interrupt comes from the serial port: it is polled\n"


def _works(machine: Machine) -> Heap:
    """Keys, a key that must be seen while a command runs, and faults that cut interrupts short."""
    heap = Heap(machine.console)
    assert heap.alloc(64).id == 1
    machine.console.send(b"stress 10000000 --force --json\r")
    machine.console.read_to(b"stress 10000000 --force --json\r\n")
    machine.console.send(b"\x03")
    assert heap.read_answer()["error"]["code"] == "interrupted"
    assert heap.fault("divide").code == "cpu-fault"
    assert heap.fault("stack").code == "stack-overflow"
    assert heap.fault("double-fault").code == "cpu-fault"
    script = b"".join(b"echo %d --json\r" % number for number in range(2000))
    machine.console.send(script)
    assert [heap.read_answer()["text"] for _ in range(2000)] == [str(n) for n in range(2000)]
    return heap


@pytest.mark.expects("interrupted")
@pytest.mark.parametrize("kind", MACHINES)
def test_keys_are_seen_whatever_brings_interrupts(boot: Boot, kind: str) -> None:
    extra, way = MACHINES[kind]
    machine = boot(extra=extra)
    assert "polled" not in machine.banner
    heap = _works(machine)
    log = str(heap.answer("log"))
    assert f"serial port on interrupt {way}" in log
    assert " 1000000000 cycles" not in log, "the timer was there to measure with"
    assert heap.bug("deadlock").code == "deadlock"
    assert heap.alloc(8).size == 8


@pytest.mark.expects("interrupted")
@pytest.mark.parametrize("kind", POLLED)
def test_where_no_interrupt_comes_the_port_is_polled_and_that_is_said(
    boot: Boot, kind: str
) -> None:
    machine = boot(extra=POLLED[kind])
    assert machine.banner.count(COMPLAINT) == 1
    _works(machine)


def test_what_waits_for_the_timer_goes_on_where_there_is_none(boot: Boot) -> None:
    heap = Heap(boot(extra=("-machine", "pit=off")).console)
    assert heap.answer("bug deadlock")["report"] is None
    assert heap.alloc(64).id == 1


def test_the_registers_of_the_apics_are_no_cached_memory(boot: Boot) -> None:
    heap = Heap(boot(extra=("-machine", "q35,pic=off")).console)
    regions = {region.kind: region for region in heap.memmap()}
    for kind, frame in (("local APIC", 0xFEE00000), ("I/O APIC", 0xFEC00000)):
        region = regions[kind]
        assert (region.start, region.end) == (2**64 - 2**47 + frame, region.start + 4096)
        walk = heap.walk(region.start)
        assert walk.physical == frame
        assert {"writable", "no-cache", "no-execute"} <= set(walk.levels[-1]["flags"])
