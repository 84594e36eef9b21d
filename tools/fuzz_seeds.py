# SPDX-License-Identifier: MIT
"""Writes what the shell's fuzz target starts from: a line for each command, and a dictionary.

    tools/fuzz_seeds.py HEAP44_HOST DIRECTORY DICTIONARY

Both come from what the shell says of itself, so a new command, design or bug is fuzzed without
anyone thinking of it. The first byte of a seed chooses the form of the conversation, the rest is
typed.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

FORMS = {"text": "0", "json": "1", "ansi": "2"}


def ask(host: str, command: str) -> Any:
    printed = subprocess.run(
        [host, "heap44.json=on"], input=command + "\n", check=True, capture_output=True, text=True
    ).stdout
    return json.loads(printed)


def main() -> int:
    host, directory, dictionary = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    commands = ask(host, "help")["commands"]
    designs, bugs = ask(host, "allocator")["available"], ask(host, "bug")["names"]
    lines = {command["name"]: command["example"] for command in commands}
    lines |= {f"allocator-{name}": f"allocator {name} --force\nalloc 100" for name in designs}
    lines |= {f"bug-{name}": f"bug {name}" for name in bugs}
    directory.mkdir(parents=True, exist_ok=True)
    for name, line in lines.items():
        for form, first in FORMS.items():
            seed = f"{first}\nalloc 24 name=a\n{line}\ncheck\n"
            (directory / f"{name}-{form}").write_text(seed)
    usages = " ".join(command["usage"] + " " + command["example"] for command in commands)
    words = set(re.findall(r"[a-z-]+=?", usages)) | set(designs) | set(bugs)
    words |= {"\\x1b[A", "\\x1b[200~", "\\x0d", "\\x03", "\\x09"}
    words |= {"#1", "0x4444_4444_0000", "4KiB", "a"}
    dictionary.write_text("".join(f'"{word}"\n' for word in sorted(words)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
