# SPDX-License-Identifier: MIT
"""Keeps, of what a fuzzer found, few and small inputs that together take every branch that all of
them take.

    tools/merge_corpus.py FUZZER HEAP44_HOST CORPUS FOUND

What CORPUS has with a name of its own stays. Inputs that keep heap44-host busy for long are left
out, for the tests run them all: there a clock goes as fast as any, and nobody is impatient.
"""

import os
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = 0.1
LARGEST = 512


def takes_long(host: str, path: Path) -> bool:
    """Counted in the processor's time, so that the answer is the same on a busy machine."""
    with tempfile.TemporaryFile() as typed:
        typed.write(path.read_bytes()[1:])
        typed.seek(0)
        program = subprocess.Popen(
            [host, "heap44.json=on", "heap44.size=16K"],
            stdin=typed,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=_give_up_after_a_second,
        )
        _, program.returncode, used = os.wait4(program.pid, 0)
    return bool(used.ru_utime + used.ru_stime > SECONDS)


def _give_up_after_a_second() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (1, 1))


def main() -> int:
    fuzzer, host, corpus, found = sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])
    written = [path for path in corpus.iterdir() if not re.fullmatch("[0-9a-f]{40}", path.name)]
    with tempfile.TemporaryDirectory() as directory:
        candidates, merged = Path(directory, "candidates"), Path(directory, "merged")
        candidates.mkdir()
        merged.mkdir()
        for path in (*corpus.iterdir(), *found.iterdir()):
            if path.stat().st_size <= LARGEST:
                (candidates / path.name).write_bytes(path.read_bytes())
        options = ["-set_cover_merge=1", "-use_counters=0", "-detect_leaks=0"]
        subprocess.run(
            [fuzzer, *options, merged, candidates], stderr=subprocess.DEVNULL, check=True
        )
        for path in set(corpus.iterdir()) - set(written):
            path.unlink()
        for path in merged.iterdir():
            if not takes_long(host, path):
                (corpus / path.name).write_bytes(path.read_bytes())
    kept = list(corpus.iterdir())
    print(f"{len(kept)} inputs, {sum(path.stat().st_size for path in kept)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
