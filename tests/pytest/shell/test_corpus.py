# SPDX-License-Identifier: MIT
"""What the fuzzer found worth keeping, typed at heap44-host: it lives on, every answer is JSON, and
the heap is sound or can be put right."""

from __future__ import annotations

import json
import subprocess

import pytest
from heap44.console import scaled
from heap44.machine import build_directory
from support import ROOT

CORPUS = ROOT / "tests" / "fuzz" / "corpus" / "shell"
# What a paste, a search or half a sequence may have left open, then two answers to know by.
CLOSING = b"\x1b[201~\x03\x03\r\nrepair --json\r\ncheck --json\r\n"


@pytest.mark.parametrize("name", sorted(path.name for path in CORPUS.iterdir()))
def test_the_shell_survives(name: str) -> None:
    # The first byte is the fuzz target's.
    typed = (CORPUS / name).read_bytes()[1:]
    ended = subprocess.run(
        [build_directory() / "heap44-host", "heap44.json=on", "heap44.size=16K"],
        input=typed + CLOSING,
        capture_output=True,
        timeout=scaled(20),
    )
    # A status beyond 0 may be what the input asked for, but no signal.
    assert ended.returncode >= 0 and ended.stderr == b""
    lines = ended.stdout.splitlines()
    if b"json" not in typed:
        for line in lines:
            json.loads(line)
    if b"poweroff" in typed or b"reboot" in typed:
        return
    repair, check = json.loads(lines[-2]), json.loads(lines[-1])
    assert repair["command"] == "repair" and check["consistent"], check["problems"]
