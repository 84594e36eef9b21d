# SPDX-License-Identifier: MIT
"""Writes the table of commands in docs/shell.md from the one in the code.

    tools/shell_docs.py build/heap44-host docs/shell.md           rewrite the table
    tools/shell_docs.py --check build/heap44-host docs/shell.md   status 1 if it is not up to date
"""

import json
import subprocess
import sys
from itertools import groupby
from pathlib import Path

BEGIN = "<!-- commands: written by `make docs` from the table in the code -->\n"
END = "<!-- end of commands -->\n"


def table(program: str) -> str:
    """The commands as Markdown, a table for each group."""
    asked = subprocess.run(
        [program], input="help --json\n", check=True, capture_output=True, text=True
    )
    commands = json.loads(asked.stdout.splitlines()[-1])["commands"]
    lines = []
    for group, members in groupby(commands, key=lambda command: str(command["group"])):
        lines += [f"### {group[0].upper()}{group[1:]}", "", "| command | what it does | example |"]
        lines += ["|---|---|---|"]
        for each in members:
            usage = each["usage"].replace("|", "\\|")
            lines += [f"| `{usage}` | {each['summary']} | `{each['example']}` |"]
        lines += [""]
    return "\n".join(lines)


def main() -> int:
    checking = sys.argv[1] == "--check"
    program, name = sys.argv[-2:]
    path = Path(name)
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    wanted = f"{before}{BEGIN}\n{table(program)}\n{END}{after}"
    if checking:
        if text != wanted:
            print(f"{path}: the table of commands is not up to date; run 'make docs'")
        return int(text != wanted)
    path.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
