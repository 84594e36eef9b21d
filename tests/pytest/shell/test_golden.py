# SPDX-License-Identifier: MIT
"""The golden traces, replayed through the shell: every address and the holes at the end."""

from __future__ import annotations

import golden
import pytest
from heap44 import Heap

# The text that is echoed and answered is what takes time in the kernel, so it replays the long
# traces up to here; the host, which runs the same heap, replays them to their ends.
_kernel_steps = 1200


@pytest.mark.parametrize("name", golden.NAMES)
def test_the_host_places_blocks_as_the_golden_trace(host: Heap, name: str) -> None:
    trace = golden.load(name)
    assert tuple(golden.replay(golden.commands(trace), host)) == trace.addresses
    holes = tuple((hole.address, hole.size) for hole in host.freelist().holes)
    assert holes == trace.holes
    assert host.check().consistent


@pytest.mark.parametrize("name", golden.NAMES)
def test_the_kernel_places_blocks_as_the_golden_trace(heap: Heap, name: str) -> None:
    trace = golden.load(name)
    commands = golden.commands(trace)[:_kernel_steps]
    addresses = golden.replay(commands, heap)
    assert tuple(addresses) == trace.addresses[: len(addresses)]
    if len(commands) == len(trace.steps):
        assert tuple((hole.address, hole.size) for hole in heap.freelist().holes) == trace.holes
    assert heap.check().consistent
