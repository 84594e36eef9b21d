# SPDX-License-Identifier: MIT
"""The naive model of first fit answers as the golden traces do: then it can judge the product."""

from __future__ import annotations

import golden
import pytest
from first_fit import FirstFit


@pytest.mark.parametrize("name", golden.NAMES)
def test_the_naive_model_places_blocks_as_the_golden_trace(name: str) -> None:
    trace, model = golden.load(name), FirstFit()
    live: dict[int, tuple[int, int]] = {}
    addresses: list[int | None] = []
    for step in trace.steps:
        if step.size is None:
            model.free(*live.pop(step.id))
            continue
        address = model.allocate(step.size, step.align)
        addresses.append(address)
        if address is not None:
            live[step.id] = (address, step.size)
    assert tuple(addresses) == trace.addresses
    assert tuple(model.holes) == trace.holes


def test_there_are_golden_traces() -> None:
    assert len(golden.NAMES) == 8
