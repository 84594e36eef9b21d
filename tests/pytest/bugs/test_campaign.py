# SPDX-License-Identifier: MIT
"""A slice of the campaigns with fixed seeds (`make soak` runs as many as one likes), and that a
campaign misses where something is not as it must be."""

from __future__ import annotations

import campaign
import pytest
import soak
from campaign import Miss
from campaign_bugs import INJECTIONS
from campaign_model import Verdict
from heap44 import Heap, Machine
from report_log import CODES

pytestmark = pytest.mark.expects(*CODES, "out-of-memory")


@pytest.mark.parametrize(("setting", "kind"), soak.slice_of_pairs())
def test_exactly_the_injected_bug_is_reported_and_undone(
    machine: Machine, setting: str, kind: str
) -> None:
    soak.run(machine, setting, kind, 44)


@pytest.mark.parametrize("seed", [2, 3])
@pytest.mark.parametrize("what", ["more", "less", "other place", "no way back"])
def test_a_campaign_that_goes_wrong_is_a_miss(
    machine: Machine, heap: Heap, monkeypatch: pytest.MonkeyPatch, what: str, seed: int
) -> None:
    """The judge itself is judged: a second bug, none, one elsewhere, and one that stays."""

    def wrong(scene: campaign.Scene) -> None:
        block = next(each for each in scene.model.live if each.block_size > each.size)
        other = next(each for each in scene.model.live[::-1] if each.block_size > each.size)
        assert block != other
        start = block.address + block.size
        value = scene.model.byte(start)[0] ^ 0xFF
        force = f"poke {start:#x} {value:02x} --force"
        if what == "no way back":
            machine.write_memory(start, bytes([value]))
            return
        scene.do(force)
        if what == "more":
            machine.write_memory(other.address + other.size, bytes([value ^ 0x5A]))
            scene.meets_nothing(f"peek {start:#x} 1")
            scene.do(f"free #{block.id} #{other.id}", reported=("overflow",))
        elif what == "less":
            scene.do(f"free #{block.id}")
        else:
            report = scene.do(f"free #{block.id}", reported=("overflow",))["damage"][0]
            verdict = Verdict("overflow", block.id, block.size + 1)
            campaign.holds(report, verdict, start, "damage")

    monkeypatch.setitem(INJECTIONS, "wrong", wrong)
    with pytest.raises(Miss):
        soak.run(machine, "linked-list", "wrong", seed)
    heap.reset()
