# SPDX-License-Identifier: MIT
"""What a measurement of the tests finds and a person has explained: tests/explained/*.txt.

Each line is what the tool prints, `FILE: TEXT`; the comment above a group of them says why.
"""

from pathlib import Path


def explained_in(path: Path) -> set[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}
