# SPDX-License-Identifier: MIT
"""Every exception of the processor: reported, survived, and the session goes on."""

from __future__ import annotations

import pytest
from bug_table import FAULT_CODES
from first_fit import HEAP_START
from heap44 import Heap, Machine
from heap44.elf import load_segments
from heap44.machine import build_directory
from support import HEAP_END, refusal, state

GOES_ON = ["breakpoint", "debug"]


def _goes_on(heap: Heap, since: int) -> None:
    """The clock, the heap and the containers work as before."""
    assert heap.uptime() >= since
    block = heap.alloc(64)
    assert heap.free(block)[0].address == block.address
    assert heap.vectest(100).passed
    assert heap.check().consistent


@pytest.mark.parametrize("name", FAULT_CODES)
def test_a_fault_is_reported_and_survived(heap: Heap, name: str) -> None:
    heap.alloc(64, name="bystander")
    before, since = state(heap), heap.uptime()
    report = heap.fault(name)
    assert report.code == FAULT_CODES[name]
    assert report.message
    assert state(heap) == before
    _goes_on(heap, since)


@pytest.mark.expects(*FAULT_CODES.values())
@pytest.mark.parametrize("name", [*FAULT_CODES, *GOES_ON])
def test_its_text_says_a_thing_once(heap: Heap, name: str) -> None:
    report = heap.fault(name)
    explanation = report.raw.get("explanation") or "nothing is explained"
    shown = heap.text(f"fault {name}")
    assert shown.count(explanation) <= 1
    assert shown.partition("\n")[0].rstrip("\r") == f"{report.code}: {report.message}"


@pytest.mark.parametrize("name", GOES_ON)
def test_an_exception_that_goes_on_is_reported(heap: Heap, name: str) -> None:
    since = heap.uptime()
    assert name in heap.fault(name).message.lower()
    _goes_on(heap, since)


@pytest.mark.expects(*FAULT_CODES.values())
@pytest.mark.parametrize("name", [*FAULT_CODES, *GOES_ON])
def test_a_fault_can_happen_many_times(heap: Heap, name: str) -> None:
    answers = heap.pipeline([f"fault {name}"] * 25)
    assert all(answer["ok"] for answer in answers)
    codes = {answer["report"]["code"] for answer in answers}
    assert codes == {FAULT_CODES.get(name, "cpu-fault")}


@pytest.mark.expects(*FAULT_CODES.values())
def test_faults_of_all_kinds_follow_each_other(heap: Heap) -> None:
    names = [*FAULT_CODES, *GOES_ON]
    answers = heap.pipeline(f"fault {name}" for name in names + names[::-1])
    codes = [answer["report"]["code"] for answer in answers[: len(FAULT_CODES)]]
    assert codes == list(FAULT_CODES.values())
    assert all(answer["ok"] for answer in answers)


def test_an_unaligned_access_is_told_from_other_protection_faults(heap: Heap) -> None:
    report = heap.fault("unaligned")
    assert report.raw["exception"] == "general protection fault"
    assert "must lie at a multiple of 16" in report.raw["explanation"]
    assert "unaligned" in report.raw["caller"]
    assert "multiple" not in heap.fault("general-protection").raw["explanation"]
    assert "multiple" not in heap.fault("wild").raw["explanation"]


def test_the_list_of_faults_names_them_all(heap: Heap) -> None:
    names = heap.command("fault")["names"]
    assert {*FAULT_CODES, *GOES_ON} <= set(names)
    assert len(names) == len(set(names))


def test_the_list_of_bugs_names_a_deadlock(heap: Heap) -> None:
    assert "deadlock" in heap.command("bug")["names"]


def test_null_is_in_page_zero(heap: Heap) -> None:
    address = heap.fault("null").address
    assert address is not None and address < 4096


def test_guard_is_the_page_behind_the_heap(heap: Heap) -> None:
    address = heap.fault("guard").address
    assert address is not None and HEAP_END <= address < HEAP_END + 4096


def test_read_only_is_in_a_segment_that_is_not_writable(heap: Heap) -> None:
    address = heap.fault("read-only").address
    assert address is not None
    segments = load_segments(build_directory() / "heap44.elf")
    assert [s.writable for s in segments if s.start <= address < s.end] == [False]


def test_execute_is_in_memory_that_is_not_code(heap: Heap) -> None:
    address = heap.fault("execute").address
    assert address is not None
    segments = load_segments(build_directory() / "heap44.elf")
    assert not any(s.executable for s in segments if s.start <= address < s.end)


def test_the_stack_overflows_into_its_guard_page(heap: Heap) -> None:
    address = heap.fault("stack").address
    assert address is not None
    guards = [region for region in heap.memmap() if "guard" in region.kind]
    assert any(region.start <= address < region.end for region in guards)


@pytest.mark.parametrize("name", [*FAULT_CODES, *GOES_ON])
def test_the_message_names_the_function_or_the_address(heap: Heap, name: str) -> None:
    assert "0x" in heap.fault(name).message


@pytest.mark.expects("page-fault")
def test_a_fault_report_is_shown_as_text_too(heap: Heap) -> None:
    printed = heap.text("fault null")
    assert printed.startswith("page-fault: ")
    assert "rip" in printed.lower() and "cr2" in printed.lower()


@pytest.mark.parametrize("name", ["null", "divide", "guard", "simd"])
def test_a_report_names_the_functions_that_led_there(heap: Heap, name: str) -> None:
    raw = heap.fault(name).raw
    assert any("fault" in place for place in raw["backtrace"]), raw["backtrace"]
    assert int(raw["registers"]["rip"], 16) >= 0xFFFF_FFFF_8000_0000


def test_a_deadlock_is_named_and_the_lock_is_free_again(heap: Heap) -> None:
    since = heap.uptime()
    assert heap.bug("deadlock").code == "deadlock"
    _goes_on(heap, since)


@pytest.mark.expects("deadlock")
def test_a_deadlock_can_happen_many_times(heap: Heap) -> None:
    answers = heap.pipeline(["bug deadlock"] * 10)
    assert [answer["report"]["code"] for answer in answers] == ["deadlock"] * 10


def test_a_non_maskable_interrupt_is_survived_at_the_prompt(machine: Machine, heap: Heap) -> None:
    since = heap.uptime()
    for _ in range(5):
        machine.qmp.inject_nmi()
    heap.resynchronise()
    assert machine.qmp.status() == "running"
    _goes_on(heap, since)


def test_a_non_maskable_interrupt_is_survived_by_a_command(machine: Machine, heap: Heap) -> None:
    since = heap.uptime()
    machine.console.send_line("repeat 300 vectest 100")
    machine.console.read_line()
    machine.qmp.inject_nmi()
    heap.resynchronise()
    _goes_on(heap, since)


def test_the_floating_point_state_survives_faults(heap: Heap) -> None:
    heap.pipeline(["alloc 300 count=5", "free #2", "free #4"])
    before = heap.stats()
    assert 0 < before.fragmentation < 1
    for name in ("simd", "x87", "device-not-available", "divide"):
        heap.fault(name)
        assert heap.stats() == before


@pytest.mark.expects(*FAULT_CODES.values())
def test_faults_leave_no_frames_behind(heap: Heap) -> None:
    before = heap.frames()
    heap.pipeline(f"fault {name}" for name in FAULT_CODES)
    assert heap.frames() == before


def test_a_fault_below_repeat_is_reported_each_time(heap: Heap) -> None:
    results = heap.command("repeat 3 fault null")["results"]
    assert [result["report"]["code"] for result in results] == ["page-fault"] * 3


def test_faults_leave_the_heap_s_addresses_as_they_were(heap: Heap) -> None:
    for name in FAULT_CODES:
        heap.fault(name)
    assert heap.alloc(16).address == HEAP_START


def test_the_host_has_no_faults_to_offer(host: Heap) -> None:
    refusal(host, "fault stack", "not-supported")
