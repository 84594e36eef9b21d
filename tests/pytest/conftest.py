# SPDX-License-Identifier: MIT
"""Fixtures: machines and heaps, shared where that is safe, with their transcripts in failures."""

from __future__ import annotations

import os
from typing import Any, Callable, Generator, Iterator

import pytest
from heap44 import Heap, HostProgram, Machine
from heap44.machine import Firmware
from heap_damage import Subject
from report_log import ReportLog

# Kernel start-ups cost 0.2 s each on a slow machine: one machine serves all tests of a worker, and
# every test that used it must leave it in step, or it is replaced and that test is an error.


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "expects(*codes): reports that the test provokes; any other that a machine tells of fails"
        " it. What is raised, or returned by `bug` and `fault`, needs no declaration.",
    )
    config.addinivalue_line("markers", "long: takes seconds, so it is begun first.")
    _stay_on_a_core()


def _stay_on_a_core() -> None:
    """Gives each worker and its machines a core, where nobody is interrupted by those he wakes.

    Each byte on a serial line wakes a thread of QEMU's or this process. Where they run at once, or
    whoever is woken goes first, every byte costs a switch between them.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    if worker:
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[int(worker) % len(cores)]})
        _wait_for_turns(os.SCHED_BATCH)


def _wait_for_turns(policy: int) -> None:
    os.sched_setscheduler(0, policy, os.sched_param(0))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # A worker is handed many tests at once: one that has a long one among its last comes in late.
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


# Characters of a long transcript that a failure's report shows.
_shown = 6000


class Shared:
    """The worker's machine, booted when first needed, and again after a test that broke it."""

    def __init__(self) -> None:
        self._machine: Machine | None = None

    def machine(self) -> Machine:
        if self._machine is None or not self._machine.running():
            self.discard()
            self._machine = Machine()
        return self._machine

    def discard(self) -> None:
        if self._machine is not None:
            self._machine.close()
        self._machine = None


@pytest.fixture(scope="session")
def shared() -> Iterator[Shared]:
    owner = Shared()
    yield owner
    owner.discard()


@pytest.fixture
def machine(shared: Shared, request: pytest.FixtureRequest) -> Iterator[Machine]:
    """A machine at its prompt, its heap just reset; shared by the tests of a worker."""
    running = shared.machine()
    heap = Heap(running.console)
    _show(request, lambda: running.transcript[-_shown:])
    log = ReportLog(running.console)
    try:
        _prepare(heap)
        yield running
        heap.resynchronise()
    except BaseException:
        shared.discard()
        raise
    _expect_no_others(request, log)


@pytest.fixture
def heap(machine: Machine) -> Heap:
    """The heap of `machine`: empty, numbers from #1 on."""
    return Heap(machine.console)


@pytest.fixture(scope="session")
def program() -> Iterator[list[HostProgram]]:
    programs = [HostProgram()]
    yield programs
    programs[0].close()


@pytest.fixture
def host(program: list[HostProgram], request: pytest.FixtureRequest) -> Iterator[Heap]:
    """The heap of a heap44-host, as `heap` is the kernel's."""
    if not program[0].running():
        program[0] = HostProgram()
    heap = Heap(program[0].console)
    _show(request, lambda: program[0].console.transcript[-_shown:] + program[0].stderr)
    log = ReportLog(program[0].console)
    try:
        _prepare(heap)
        yield heap
        heap.resynchronise()
    except BaseException:
        program[0].close()
        raise
    _expect_no_others(request, log)


@pytest.fixture(params=["kernel", "host"])
def either(request: pytest.FixtureRequest) -> Heap:
    """A heap in the kernel, then one on the host: for what both must do alike."""
    heap: Heap = request.getfixturevalue("heap" if request.param == "kernel" else "host")
    return heap


@pytest.fixture(params=["kernel", "host"])
def subject(request: pytest.FixtureRequest) -> Subject:
    """A heap in the kernel, then one on the host, and a way to write into its memory."""
    if request.param == "kernel":
        machine: Machine = request.getfixturevalue("machine")
        return Subject(Heap(machine.console), machine.write_memory)
    heap: Heap = request.getfixturevalue("host")
    program: list[HostProgram] = request.getfixturevalue("program")
    return Subject(heap, program[0].write_memory)


@pytest.fixture
def boot(request: pytest.FixtureRequest) -> Iterator[Callable[..., Machine]]:
    """Boots machines of the test's own, with Machine's arguments; they end with the test."""
    machines: list[Machine] = []
    logs: list[ReportLog] = []

    def start(firmware: Firmware = "pvh", **arguments: Any) -> Machine:
        # Firmware waits in busy loops for devices, so the thread that emulates them must cut in.
        policy = os.sched_getscheduler(0)
        _wait_for_turns(policy if firmware == "pvh" else os.SCHED_OTHER)
        try:
            machine = Machine(firmware, **arguments)
        finally:
            _wait_for_turns(policy)
        machines.append(machine)
        logs.append(ReportLog(machine.console, since_boot=True))
        _show(request, lambda: machine.transcript)
        return machine

    yield start
    for machine in machines:
        machine.close()
    _expect_no_others(request, *logs)


def _prepare(heap: Heap) -> None:
    """Makes all that a test may rely on as it is after boot."""
    line = "ansi off; json off; live off; reset --all"
    for answer in heap.answers(line, line.count(";") + 1):
        assert answer["ok"], answer


def _expect_no_others(request: pytest.FixtureRequest, *logs: ReportLog) -> None:
    """Fails the test where a machine reported what the test has not declared."""
    codes = [code for log in logs for code in log.unexpected(request)]
    if codes:
        pytest.fail(f"reported, and not declared with @pytest.mark.expects: {', '.join(codes)}")


def _show(request: pytest.FixtureRequest, transcript: Callable[[], str]) -> None:
    """Lets a failure's report hold what the machine said."""
    request.node.stash.setdefault(_transcripts, []).append(transcript)


_transcripts = pytest.StashKey[list[Callable[[], str]]]()


@pytest.hookimpl(hookwrapper=True)  # type: ignore[misc]
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        transcripts = item.stash[_transcripts] if _transcripts in item.stash else []
        for number, transcript in enumerate(transcripts):
            report.sections.append((f"transcript {number}", transcript()))
