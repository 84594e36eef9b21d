# SPDX-License-Identifier: MIT
"""A virtual machine of one's own that runs Heap44, and ends with its owner."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from functools import cached_property
from io import FileIO
from pathlib import Path
from typing import Iterator, Literal, Sequence

from heap44.client import Heap
from heap44.closing import Closing
from heap44.console import Console, scaled
from heap44.errors import AnswerTimeout
from heap44.memory import Memory
from heap44.page_tables import PageTables, physical_parts
from heap44.qmp import Qmp

Firmware = Literal["pvh", "bios", "uefi"]

_set_parent_death_signal = 1
_libc = ctypes.CDLL(None)


def build_directory() -> Path:
    """Where the kernel was built: $HEAP44_BUILD, or build/ beside this package's tree."""
    default = Path(__file__).resolve().parents[2] / "build"
    return Path(os.environ.get("HEAP44_BUILD", default))


def die_with_parent() -> None:
    """For a child before it runs its program: the kernel kills it when its parent dies."""
    _libc.prctl(_set_parent_death_signal, signal.SIGKILL)


class Machine(Closing):
    """A running QEMU; use it as a context manager, or call `close`.

    ``firmware`` is ``pvh`` (the ELF file straight away, 0.1 s), ``bios`` or ``uefi`` (the ISO).
    ``options`` go the kernel's command line (``pvh`` only), ``fw_cfg`` through QEMU's fw_cfg.
    ``image`` is another ISO than the one that was built. ``memory`` is QEMU's -m, ``ram`` what is
    in there. With ``wait`` the prompt has been seen when the constructor returns; the banner in
    front of it is ``banner``. Then `heap` takes commands.
    """

    qmp: Qmp
    console: Console

    def __init__(
        self,
        firmware: Firmware = "pvh",
        *,
        memory: str = "64M",
        options: str = "",
        fw_cfg: str | None = None,
        image: str | None = None,
        exit_device: bool = True,
        reboots: bool = False,
        extra: Sequence[str] = (),
        wait: bool = True,
    ) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="heap44-")
        self._closed = False
        self._line: list[FileIO] = []
        self._last_words = ""
        self.workspace = Path(self._directory.name)
        self.ram = Memory(memory)
        self.banner = ""
        shared = f"memory-backend-file,id=ram,size={memory},share=on,mem-path={self.ram.path}"
        arguments = ["-m", memory, "-object", shared, "-machine", "memory-backend=ram"]
        arguments += [*_firmware_arguments(firmware, options, image), *extra]
        if fw_cfg is not None:
            arguments += ["-fw_cfg", f"name=opt/heap44/cmdline,string={_value(fw_cfg)}"]
        if exit_device:
            arguments += ["-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"]
        if not reboots:
            arguments += ["-no-reboot"]
        self._start(arguments)
        if wait:
            self._wait_for_prompt()

    @property
    def pid(self) -> int:
        """QEMU's process."""
        return self._process.pid

    @property
    def stderr(self) -> str:
        """What QEMU itself said; after `close` too, for that is when failures are reported."""
        if not self._closed:
            self._last_words = (self.workspace / "stderr").read_text(errors="backslashreplace")
        return self._last_words

    @property
    def transcript(self) -> str:
        """All that the serial port sent, and what QEMU itself said if it said something."""
        own = self.stderr
        return self.console.transcript + (f"\n--- QEMU's stderr ---\n{own}" if own else "")

    @cached_property
    def heap(self) -> Heap:
        """The heap behind the shell at ``console``; always the same object."""
        return Heap(self.console)

    @cached_property
    def cr3(self) -> int:
        """The register that names the page tables: after boot it stays as it is."""
        return self.qmp.registers()["CR3"]

    def page_tables(self) -> PageTables:
        """The kernel's page tables, as they are at this moment."""
        return PageTables(self.ram, self.cr3)

    def read_memory(self, address: int, size: int) -> bytes:
        """``size`` bytes at a virtual address, behind the kernel's back."""
        parts = physical_parts(self.ram, self.cr3, address, size)
        return b"".join(self.ram.read(*part) for part in parts)

    def write_memory(self, address: int, data: bytes) -> None:
        """Writes at a virtual address, behind the kernel's back."""
        for physical, size in list(physical_parts(self.ram, self.cr3, address, len(data))):
            self.ram.write(physical, data[:size])
            data = data[size:]

    def running(self) -> bool:
        """Whether QEMU has not ended."""
        return self._process.poll() is None

    def wait_for_end(self, seconds: float = 10) -> int:
        """Waits until QEMU has ended by itself, reading what it still sends; its exit status."""
        # A guest whose output nobody reads is held back, and would never come to its end.
        self.console.read_rest(scaled(seconds))
        try:
            return self._process.wait(scaled(seconds))
        except subprocess.TimeoutExpired:
            raise AnswerTimeout(f"QEMU goes on; received:\n{self.transcript[-2000:]}") from None

    def close(self) -> None:
        """Ends QEMU however it stands, and removes the private directory. May be called twice."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._last_words = self.stderr
        self._closed = True
        for end in self._line:
            end.close()
        if hasattr(self, "qmp"):  # it is missing where QEMU did not even start
            self.qmp.close()
        self._qmp_socket.close()
        self.ram.close()
        self._directory.cleanup()

    def _start(self, arguments: list[str]) -> None:
        # Pipes and a connected socket pair: no ports to collide, and nothing sent is lost. QEMU
        # sends each byte by itself, which a pipe takes in half the time that a socket needs.
        line = self.workspace / "com1"
        ends = f"{line}.out", f"{line}.in"
        for end in ends:
            os.mkfifo(end)
        self._qmp_socket, qmp = socket.socketpair()
        with qmp, open(self.workspace / "stderr", "wb") as stderr:
            self._process = subprocess.Popen(
                [*_base_arguments(line, qmp.fileno()), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=stderr,
                stderr=stderr,
                pass_fds=(qmp.fileno(),),
                preexec_fn=die_with_parent,
            )
        with self._closing_on_failure():
            # When QEMU has greeted, it has opened both pipes: they open here without waiting.
            self.qmp = Qmp(self._qmp_socket, self.workspace)
            self._line += [open(ends[0], "rb", buffering=0), open(ends[1], "wb", buffering=0)]
        self.console = Console(*(end.fileno() for end in self._line))

    def _wait_for_prompt(self) -> None:
        usual = self.console.timeout
        self.console.timeout = scaled(60)
        with self._closing_on_failure():
            self.banner = self.console.read_to_prompt()
        self.console.timeout = usual

    @contextmanager
    def _closing_on_failure(self) -> Iterator[None]:
        try:
            yield
        except BaseException as failure:
            failure.add_note(f"QEMU's stderr: {self.stderr}")
            self.close()
            raise


def _value(text: str) -> str:
    """As QEMU reads a value among others, which commas part."""
    return text.replace(",", ",,")


def _base_arguments(line: Path, qmp: int) -> list[str]:
    arguments = ["qemu-system-x86_64", "-accel", "tcg", "-nodefaults", "-nic", "none"]
    arguments += ["-display", "none", "-monitor", "none"]
    arguments += ["-chardev", f"pipe,id=com1,path={_value(str(line))}", "-serial", "chardev:com1"]
    arguments += ["-chardev", f"socket,id=qmp,fd={qmp}", "-mon", "chardev=qmp,mode=control"]
    return arguments


def _firmware_arguments(firmware: Firmware, options: str, image: str | None) -> list[str]:
    build = build_directory()
    if firmware == "pvh":
        return ["-kernel", str(build / "heap44.elf"), "-append", options]
    if options:
        raise ValueError("the ISO takes its options through fw_cfg")
    media = ["-cdrom", image or str(build / "heap44.iso"), "-boot", "d"]
    return media if firmware == "bios" else ["-bios", _ovmf(), *media]


def _ovmf() -> str:
    for name in ("/usr/share/qemu/OVMF.fd", "/usr/share/ovmf/OVMF.fd"):
        if Path(name).exists():
            return name
    raise FileNotFoundError("OVMF.fd (Debian's package ovmf)")
