# SPDX-License-Identifier: MIT
"""Writes what the shell's fuzz target starts from: a line for each command, and a dictionary.

    tools/fuzz_seeds.py HEAP44_HOST DIRECTORY DICTIONARY

Both come from the shell's own `help`, so a new command is fuzzed without anyone thinking of it.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

# The first byte: text, or nothing but JSON.
FORMS = {"text": b"\0", "ansi": b"\2", "json": b"\1"}


def main() -> int:
    host, directory, dictionary = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    printed = subprocess.run(
        [host, "heap44.json=on"], input="help\n", check=True, capture_output=True, text=True
    ).stdout
    commands = json.loads(printed)["commands"]
    directory.mkdir(parents=True, exist_ok=True)
    words: set[str] = set()
    for command in commands:
        words |= set(re.findall(r"[a-z-]+=?", command["usage"] + " " + command["example"]))
        for form, first in FORMS.items():
            line = f"alloc 24 name=a\r{command['example']}\rcheck\r"
            (directory / f"{command['name']}-{form}").write_bytes(first + line.encode())
    words |= {"\\x1b[A", "\\x1b[200~", "\\x0d", "\\x03", "\\x09", "#1", "0x4444_4444_0000", "4KiB"}
    dictionary.write_text("".join(f'"{word}"\n' for word in sorted(words)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
