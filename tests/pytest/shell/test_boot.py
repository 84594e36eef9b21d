# SPDX-License-Identifier: MIT
"""Every way to start: firmware, amounts of memory, options, and every way to end."""

from __future__ import annotations

from typing import Callable

import pytest
from first_fit import HEAP_SIZE, HEAP_START
from heap44 import Heap, Machine
from heap44.machine import Firmware

Boot = Callable[..., Machine]


def _works(machine: Machine) -> Heap:
    heap = Heap(machine.console)
    extent = heap.freelist().heap
    assert (extent.start, extent.size) == (HEAP_START, HEAP_SIZE)
    assert heap.showcase().passed
    assert heap.alloc(64).address == HEAP_START
    assert heap.fault("null").code == "page-fault"
    return heap


@pytest.mark.long
@pytest.mark.parametrize("firmware", ["pvh", "bios", "uefi"])
def test_it_boots_and_powers_off(boot: Boot, firmware: Firmware) -> None:
    machine = boot(firmware, memory="128M")
    _works(machine)
    machine.console.send_line("poweroff")
    assert machine.wait_for_end() == 0


@pytest.mark.parametrize("firmware", ["pvh", "bios"])
def test_it_runs_in_32_mebibytes(boot: Boot, firmware: Firmware) -> None:
    heap = _works(boot(firmware, memory="32M"))
    total = heap.frames().total * 4096
    assert 20 << 20 < total <= 32 << 20


@pytest.mark.parametrize("firmware", ["pvh", "bios"])
def test_it_sees_all_of_5_gibibytes(boot: Boot, firmware: Firmware) -> None:
    heap = _works(boot(firmware, memory="5G"))
    total = heap.frames().total * 4096
    assert 4.9 * 2**30 < total <= 5 * 2**30


@pytest.mark.parametrize(
    ("text", "size"),
    [("4K", 4096), ("8192", 8192), ("0x10000", 65536), ("1M", 2**20), ("16M", 2**24)],
)
def test_the_size_of_the_heap_is_an_option(boot: Boot, text: str, size: int) -> None:
    heap = Heap(boot(options=f"heap44.size={text}", memory="128M").console)
    extent = heap.freelist().heap
    assert (extent.start, extent.end, extent.size) == (HEAP_START, HEAP_START + size, size)
    assert heap.alloc(size).block_size == size
    assert heap.check().consistent


@pytest.mark.parametrize(
    "option",
    [
        *("heap44.colour=red", "heap44.size=3", "heap44.size=17M", "heap44.size=x"),
        *("heap44.allocator=nosuch", "heap44.ansi=maybe", "heap44.json=1", "heap44.panic=never"),
    ],
)
def test_an_option_that_is_not_understood_is_named_and_ignored(boot: Boot, option: str) -> None:
    machine = boot(options=option)
    assert option in machine.banner
    _works(machine)


def test_a_good_option_is_not_complained_about(boot: Boot) -> None:
    assert "heap44.ansi" not in boot(options="heap44.ansi=off heap44.panic=recover").banner


def test_the_allocator_is_an_option(boot: Boot) -> None:
    heap = Heap(boot(options="heap44.allocator=dummy").console)
    assert heap.allocator()["allocator"] == "dummy"
    assert heap.answer("alloc 8")["error"]["code"] == "out-of-memory"


def test_json_is_an_option(boot: Boot) -> None:
    heap = Heap(boot(options="heap44.json=on").console)
    heap.console.send_line("stats")
    assert heap.read_answer()["size"] == HEAP_SIZE


def test_colours_are_an_option_and_off_without_it(boot: Boot) -> None:
    coloured, plain = boot(options="heap44.ansi=on", wait=False), boot()
    coloured.console.read_to(b"heap44> ")
    coloured.console.send_line("heapmap")
    coloured.console.read_to(b"\x1b[")
    Heap(plain.console).text("heapmap")
    assert "\x1b" not in plain.transcript


def test_commands_can_be_run_at_boot(boot: Boot) -> None:
    heap = Heap(boot(options='heap44.run="alloc 64 name=a; alloc 32"').console)
    assert [(block.name, block.size) for block in heap.blocks()] == [("a", 64), (None, 32)]


def test_commands_run_at_boot_can_end_the_machine(boot: Boot) -> None:
    machine = boot(options='heap44.run="alloc 64; poweroff 3"', wait=False)
    assert machine.wait_for_end() == 7


@pytest.mark.parametrize("firmware", ["pvh", "bios"])
def test_options_come_through_fw_cfg(boot: Boot, firmware: Firmware) -> None:
    text = 'heap44.size=16K heap44.run="alloc 8, ; alloc 24"'
    heap = Heap(boot(firmware, fw_cfg=text).console)
    assert heap.freelist().heap.size == 16384
    assert [block.size for block in heap.blocks()] == [24]


def test_fw_cfg_wins_over_the_command_line(boot: Boot) -> None:
    machine = boot(options="heap44.size=8K heap44.allocator=dummy", fw_cfg="heap44.size=16K")
    assert Heap(machine.console).freelist().heap.size == 16384


def test_a_panic_can_end_the_machine(boot: Boot) -> None:
    machine = boot(options="heap44.panic=exit")
    machine.console.send_line("vectest 1000000")
    assert machine.wait_for_end() == 127 << 1 | 1


@pytest.mark.expects("out-of-memory", "panic")
def test_a_panic_can_halt_the_heap_which_can_still_be_looked_at(boot: Boot) -> None:
    heap = Heap(boot(options="heap44.panic=halt").console)
    before = heap.alloc(64)
    assert heap.answer("vectest 1000000")["error"]["code"] == "out-of-memory"
    for command in ("alloc 8", "free #1", "reset", "vectest 1"):
        assert heap.answer(command)["error"]["code"] == "panic"
    assert before in heap.blocks()
    assert heap.peek(HEAP_START, 8) and heap.stats().live > 1


def test_a_machine_with_little_memory_is_told_the_truth(boot: Boot) -> None:
    assert "ignored" not in boot(memory="7M").banner
    small = boot(memory="7M", options="heap44.size=4K")
    assert "ignored" not in small.banner
    assert Heap(small.console).freelist().heap.size == 4096
    large = boot(memory="8M", options="heap44.size=16M")
    assert "option 'heap44.size' is ignored: 16384 KiB and their records need more" in large.banner
    assert Heap(large.console).freelist().heap.size == HEAP_SIZE


@pytest.mark.expects("panic")
@pytest.mark.parametrize(
    ("memory", "message"),
    [
        ("5M", b"cannot map the ledger: this machine has too little memory"),
        ("3584K", b"this machine has too little memory for the kernel"),
    ],
)
def test_too_little_memory_is_named(boot: Boot, memory: str, message: bytes) -> None:
    console = boot(memory=memory, wait=False).console
    console.read_to(b"\r\npanic: ")
    assert console.read_line() == message


@pytest.mark.expects("panic")
def test_a_broken_memory_map_is_named(boot: Boot) -> None:
    # QEMU's loader writes over its own map where the command line is as long as that.
    machine = boot(options="x" * 4200, wait=False)
    machine.console.read_to(b"\r\npanic: ")
    said = machine.console.read_line()
    assert said.startswith(b"the memory map from the boot loader is broken, the kernel is not in")


def test_the_banner_tells_what_it_is(boot: Boot) -> None:
    banner = boot().banner
    assert "Heap44" in banner and "help" in banner
