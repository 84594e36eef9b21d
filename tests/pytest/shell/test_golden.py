# SPDX-License-Identifier: MIT
"""The golden traces, replayed through the shell: every address and the holes at the end."""

from __future__ import annotations

import golden
import pytest
from heap44 import Heap

@pytest.mark.long
@pytest.mark.expects("out-of-memory")
@pytest.mark.parametrize("name", golden.NAMES)
def test_blocks_are_placed_as_in_the_golden_trace(either: Heap, name: str) -> None:
    golden.places_all(either, golden.load(name))
