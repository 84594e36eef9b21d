# SPDX-License-Identifier: MIT
"""Keeps, of what a fuzzer found, as few and as small inputs as make all of the code run that all of
them do.

    tools/merge_corpus.py FUZZER HEAP44_HOST CORPUS FOUND

What CORPUS has already comes first, and what it has with a name of its own stays. Inputs that take
heap44-host long are left out: the tests run them all, by a clock that runs as fast as any.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = 0.3
LARGEST = 512


def takes_long(host: str, path: Path) -> bool:
    try:
        subprocess.run(
            [host, "heap44.json=on", "heap44.size=16K"],
            input=path.read_bytes()[1:],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    return False


def main() -> int:
    fuzzer, host, corpus, found = sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])
    with tempfile.TemporaryDirectory() as directory:
        candidates, merged = Path(directory, "candidates"), Path(directory, "merged")
        candidates.mkdir()
        merged.mkdir()
        for path in (*corpus.iterdir(), *found.iterdir()):
            if path.stat().st_size <= LARGEST and not takes_long(host, path):
                (candidates / path.name).write_bytes(path.read_bytes())
        written = [path for path in corpus.iterdir() if not re.fullmatch("[0-9a-f]{40}", path.name)]
        for path in written:
            (merged / path.name).write_bytes(path.read_bytes())
        subprocess.run(
            [fuzzer, "-merge=1", "-detect_leaks=0", str(merged), str(candidates)],
            stderr=subprocess.DEVNULL,
            check=True,
        )
        for path in corpus.iterdir():
            path.unlink()
        for path in merged.iterdir():
            (corpus / path.name).write_bytes(path.read_bytes())
    kept = list(corpus.iterdir())
    print(f"{len(kept)} inputs, {sum(path.stat().st_size for path in kept)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
