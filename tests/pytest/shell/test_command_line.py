# SPDX-License-Identifier: MIT
"""Command lines as boot loaders hand them on: quotes in quotes, what is too long, what is cut."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Callable

import pytest
from grub import grub_image
from heap44 import Heap, Machine
from heap44.machine import build_directory

Boot = Callable[..., Machine]

# The most bytes that a command line may have.
BOUND = 4096
QUOTED = 'heap44.run="alloc 24; compare \\"alloc 64\\" --force"'


def _boot_with(boot: Boot, way: str, line: str, directory: Path) -> Machine:
    if way == "append":
        return boot(options=line)
    if way == "fw_cfg":
        return boot(fw_cfg=line)
    configuration = f"multiboot2 /boot/heap44.elf {line}\nboot\n"
    return boot("bios", image=grub_image(directory, configuration))


@pytest.mark.parametrize("way", ["append", "fw_cfg", "grub"])
def test_quotes_within_quotes_are_written_alike_everywhere(
    boot: Boot, way: str, tmp_path: Path
) -> None:
    banner = _boot_with(boot, way, QUOTED, tmp_path).banner
    assert "#1 at 0x444444440000, 24 bytes" in banner
    assert "linked-list" in banner and "tlsf" in banner
    assert "bad-argument" not in banner and "ignored" not in banner


@pytest.mark.parametrize("way", ["append", "fw_cfg"])
def test_a_quote_that_is_not_closed_is_named_and_nothing_runs(
    boot: Boot, way: str, tmp_path: Path
) -> None:
    line = 'heap44.size=8K heap44.run="alloc 64; alloc 32'
    machine = _boot_with(boot, way, line, tmp_path)
    name = "heap44.run=alloc 64; alloc 32"
    assert f"option '{name}' is ignored: its quote is not closed\n" in machine.banner
    heap = Heap(machine.console)
    assert heap.blocks() == []
    assert heap.freelist().heap.size == 8192


def _line_of(size: int) -> str:
    """One that ends with an option, behind words of others'."""
    option = ' heap44.run="alloc 64 count=12"'
    return ("word " * size)[: size - len(option) - 1] + "x" + option


@pytest.mark.parametrize("way", ["fw_cfg", "grub"])
@pytest.mark.parametrize("size", [BOUND, BOUND + 1, BOUND + 3, 20_000])
def test_a_command_line_is_obeyed_whole_or_not_at_all(
    boot: Boot, way: str, size: int, tmp_path: Path
) -> None:
    # GRUB puts the option's own quotes around the whole word: as many bytes.
    machine = _boot_with(boot, way, _line_of(size), tmp_path)
    source = {"fw_cfg": "fw_cfg", "grub": "the boot loader"}[way]
    complaint = f"the command line from {source} is ignored: it has more than {BOUND} bytes\n"
    assert (complaint in machine.banner) == (size > BOUND)
    assert len(Heap(machine.console).blocks()) == (12 if size <= BOUND else 0)


def _host(*words: str) -> str:
    program = build_directory() / "heap44-host"
    done = subprocess.run([program, *words], input="blocks\n", capture_output=True, text=True)
    assert done.returncode == 0
    return done.stdout


@pytest.mark.parametrize(
    "word", [QUOTED, 'heap44.run=alloc 24; compare "alloc 64" --force', '"heap44.run=alloc 24"']
)
def test_the_host_program_takes_a_word_with_spaces_quoted_again_or_not(word: str) -> None:
    said = _host("heap44.size=8K", word)
    assert "#1 at 0x444444440000, 24 bytes" in said
    assert "bad-argument" not in said and "ignored" not in said


def test_the_host_program_names_a_quote_that_is_not_closed() -> None:
    said = _host('heap44.run="alloc 64; alloc 32')
    assert said.startswith("option 'heap44.run=alloc 64; alloc 32' is ignored: its quote is not")
    assert said.endswith("\nno live block\n")
