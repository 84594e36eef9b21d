# SPDX-License-Identifier: MIT
"""Help: every command is listed and explains itself, by its own name."""

from __future__ import annotations

import pytest
from heap44 import Heap
from support import too_wide

# The commands that there were first; new ones need no line here.
COMMANDS = (
    "alloc zalloc realloc free reset heapmap freelist blocks block stats check mark leaks "
    "showcase boxtest vectest rctest strtest listtest dequetest heaptest maptest settest "
    "manyboxes peek walk memmap frames help history echo repeat time ansi json version uptime "
    "log reboot poweroff allocator bug fault undo redo snapshot restore diff"
).split()


def test_every_command_explains_itself(heap: Heap) -> None:
    names = [str(command["name"]) for command in heap.command("help")["commands"]]
    assert set(COMMANDS) <= set(names)
    for name in names:
        printed = heap.text(f"help {name}")
        assert name in printed
        assert len(printed.split()) > 4, name
        assert heap.answer(f"help {name}")["ok"], name


def test_help_lists_every_command(heap: Heap) -> None:
    words = set(heap.text("help").replace("|", " ").split())
    assert set(COMMANDS) <= words


def test_help_in_json_lists_every_command(either: Heap) -> None:
    text = str(either.command("help"))
    assert [command for command in COMMANDS if f"'{command}'" not in text] == []


def test_help_for_what_does_not_exist_is_refused(either: Heap) -> None:
    assert either.answer("help nosuch")["error"]["code"] in ("unknown-command", "bad-argument")


def test_help_for_allocations_names_all_options(heap: Heap) -> None:
    printed = heap.text("help alloc")
    assert all(option in printed for option in ("align=", "count=", "name="))


@pytest.mark.parametrize("design", ["linked-list", "guard-page"])
def test_an_example_has_the_address_of_the_heap_in_use(heap: Heap, design: str) -> None:
    heap.use(design)
    line = f"where {heap.freelist().heap.start:#x}"
    assert f"example: {line}" in heap.text("help where")
    assert heap.command("help where")["commands"][0]["example"] == line


def test_no_line_of_help_is_wider_than_a_terminal(heap: Heap) -> None:
    assert too_wide(heap.text("help")) == []
