# SPDX-License-Identifier: MIT
"""How the shell reads a line and how it answers: numbers, forms, several commands, repeats."""

from __future__ import annotations

import json
import subprocess

import pytest
from heap44 import Heap
from heap44.console import scaled
from heap44.machine import build_directory
from support import HEAP_END, refusal


def test_answers_are_numbered_one_by_one(either: Heap) -> None:
    numbers = [a["seq"] for a in either.pipeline(["stats", "nosuch", "alloc x", "alloc 8", "help"])]
    assert numbers == list(range(numbers[0], numbers[0] + 5))


def test_text_answers_count_too(heap: Heap) -> None:
    before = heap.command("stats")["seq"]
    heap.text("stats")
    assert heap.answer("stats")["seq"] == before + 2


@pytest.mark.expects("double-free")
def test_an_answer_names_its_command(either: Heap) -> None:
    for command in ("alloc 8", "free #1", "stats", "heapmap", "echo x", "free #1"):
        assert either.answer(command)["command"] == command.split()[0]


def test_several_commands_on_a_line_answer_one_by_one(either: Heap) -> None:
    answers = either.answers("alloc 8;alloc 16 ; free #1;;  ; stats", 4)
    assert [a["command"] for a in answers] == ["alloc", "alloc", "free", "stats"]
    assert len({a["seq"] for a in answers}) == 4


def test_json_anywhere_is_for_all_answers_of_the_line(heap: Heap) -> None:
    heap.console.send_line("alloc 8 --json; alloc 16; stats")
    assert [heap.read_answer()["ok"] for _ in range(3)] == [True] * 3


def test_an_answer_is_one_line_before_the_next_prompt(heap: Heap) -> None:
    heap.alloc(8, count=50)
    for command in ("heapmap", "blocks", "help", "memmap", "log", "showcase", "nosuch"):
        heap.console.send_line(f"{command} --json")
        lines = heap.console.read_to_prompt().splitlines()
        assert len(lines) == 2, "the echo and the answer"
        assert isinstance(json.loads(lines[1]), dict)
    heap.resynchronise()


@pytest.mark.parametrize("command", ['repeat 2 "alloc 8 --json"', 'time "time alloc 8 --json"'])
def test_json_in_quotes_is_refused(heap: Heap, command: str) -> None:
    """For what ran there was no text to be seen, though a program asked for JSON, or both."""
    assert "bad-argument: '--json' is for whole lines" in heap.text(command)
    assert heap.blocks() == []
    assert heap.command(command)["ok"], "where the whole line is JSON it says nothing new"


def test_json_on_is_the_form_of_the_session(heap: Heap) -> None:
    heap.command("json on")
    heap.console.send_line("alloc 8")
    assert heap.read_answer()["ok"]
    heap.console.send_line("json off")
    heap.resynchronise()
    assert "{" not in heap.text("alloc 8")


def test_a_form_that_ends_is_over_with_the_command_that_ends_it(heap: Heap) -> None:
    heap.command("json on")
    heap.console.send_line("version; json off; version")
    told = heap.console.read_to_prompt().splitlines()[1:]
    assert json.loads(told[0])["command"] == "version"
    assert told[1] == "json is off"
    assert told[2].startswith("Heap44 ")
    heap.resynchronise()


def test_the_pinned_map_is_never_drawn_within_json(heap: Heap) -> None:
    heap.pipeline(["ansi on", "live on"])
    heap.console.send_line("json on; repeat 400 stats")
    heap.read_answer()
    assert len(heap.read_answer()["results"]) == 400
    heap.resynchronise()


@pytest.mark.parametrize("line", ["repeat 2 poweroff", 'time "alloc 8; poweroff 3"'])
def test_what_ends_the_machine_leaves_a_whole_line(line: str) -> None:
    ended = subprocess.run(
        [build_directory() / "heap44-host"],
        input=f"{line} --json\n".encode(),
        capture_output=True,
        timeout=scaled(20),
    )
    (told,) = ended.stdout.splitlines()
    answer = json.loads(told)
    assert answer["ok"] and answer["command"] == line.split()[0] and answer["seq"] == 1


@pytest.mark.parametrize(
    ("typed", "commands"),
    [
        ("stats\nblocks", ["stats", "blocks"]),
        ("stats; blocks", ["stats", "blocks"]),
        ("stats\n", ["stats"]),
        ("stats\r", ["stats"]),
        ("stats\r\n", ["stats"]),
        ("stats\n  ", ["stats"]),
        ("stats\n" + "x" * 2000, ["stats", None]),
        ("", []),
    ],
)
def test_a_last_line_needs_no_end(typed: str, commands: list[str | None]) -> None:
    ended = subprocess.run(
        [build_directory() / "heap44-host", "heap44.json=on"],
        input=typed.encode(),
        capture_output=True,
        timeout=scaled(20),
    )
    assert ended.returncode == 0
    assert [json.loads(told).get("command") for told in ended.stdout.splitlines()] == commands


def test_unknown_commands_are_answered_in_the_sessions_form(heap: Heap) -> None:
    assert not heap.text("nosuch").startswith("{")
    heap.command("json on")
    heap.console.send_line("nosuch")
    assert heap.read_answer()["error"]["code"] == "unknown-command"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        *(("64", 64), ("0x40", 64), ("0X40", 64), ("0xfF", 255), ("0064", 64), ("0", 0)),
        *(("4K", 4096), ("4KiB", 4096), ("100K", 102_400)),
    ],
)
def test_sizes_are_written_in_many_ways(either: Heap, text: str, size: int) -> None:
    assert either.alloc(text).size == size


def test_a_mebibyte_is_understood(either: Heap) -> None:
    assert "1048576" in refusal(either, "alloc 1M", "out-of-memory").message
    assert "1048576" in refusal(either, "alloc 1MiB", "out-of-memory").message


@pytest.mark.parametrize(
    "word", ["#1", "a", "0x444444440000", "0x4444_4444_0000", "0x0000444444440000", '"a"']
)
def test_a_block_is_named_in_many_ways(either: Heap, word: str) -> None:
    either.alloc(8, name="a")
    assert either.block(word).id == 1
    assert either.free(word)[0].id == 1


@pytest.mark.parametrize("line", ["", "   ", "# a comment", "  # x", "#", ";", ";;;", " ; # ;"])
def test_a_line_without_a_command_has_no_answer(either: Heap, line: str) -> None:
    either.command("json on")
    before = either.command("stats")["seq"]
    either.console.send_line(line)
    assert either.command("stats")["seq"] == before + 1


def test_a_comment_ends_a_line(either: Heap) -> None:
    either.console.send_line("alloc 8 --json # alloc 16; alloc 24")
    assert either.read_answer()["ok"]
    either.resynchronise()
    assert len(either.blocks()) == 1


def test_a_number_sign_before_a_word_is_no_comment(either: Heap) -> None:
    either.alloc(8)
    assert either.free("#1")[0].id == 1


def test_quotes_keep_blanks_and_separators_together(either: Heap) -> None:
    text = json.dumps(either.command('echo "a  b; alloc 8 # c"'))
    assert "a  b; alloc 8 # c" in text
    assert either.blocks() == []


def test_echo_tells_its_words(heap: Heap) -> None:
    assert "some words" in heap.text("echo some words")


def test_echo_never_looks_like_a_prompt(heap: Heap) -> None:
    lines = heap.text('echo "heap44> "')
    assert not any(line.startswith("heap44> ") for line in lines.splitlines())


def test_options_may_stand_anywhere(either: Heap) -> None:
    block = either.command("alloc align=64 name=a 8")["blocks"][0]
    assert (block["align"], block["name"], block["size"]) == (64, "a", 8)
    assert either.command("--json stats")["live"] == 1


@pytest.mark.parametrize("count", [1, 2, 30])
def test_repeat_answers_once_with_all_results(either: Heap, count: int) -> None:
    answer = either.command(f"repeat {count} alloc 16")
    assert [result["command"] for result in answer["results"]] == ["alloc"] * count
    assert len(either.blocks()) == count


def test_time_answers_once_with_the_result(either: Heap) -> None:
    answer = either.command("time vectest 100")
    assert [result["passed"] for result in answer["results"]] == [True]
    assert answer["command"] == "time"


def test_repeats_of_repeats_run(either: Heap) -> None:
    either.command("repeat 3 repeat 4 alloc 16")
    assert len(either.blocks()) == 12


@pytest.mark.parametrize("flag", ["", " --json"])
def test_a_quoted_line_is_repeated_in_both_forms(either: Heap, flag: str) -> None:
    either.console.send_line(f'repeat 3 "alloc 8; alloc 16"{flag}')
    either.resynchronise()
    assert [block.size for block in either.blocks()] == [8, 16] * 3


def test_history_holds_the_lines_of_the_session(heap: Heap) -> None:
    heap.text("alloc 8 name=remarkable")
    assert "alloc 8 name=remarkable" in heap.text("history")


def test_backslashes_pass_through_an_answer(either: Heap) -> None:
    assert either.command('echo "back\\slash and /"')["text"] == "back\\slash and /"


def test_unicode_passes_through_an_answer(either: Heap) -> None:
    assert "grüße 漢字" in json.dumps(either.command('echo "grüße 漢字"'), ensure_ascii=False)


def test_addresses_are_strings_and_sizes_are_numbers(either: Heap) -> None:
    block = either.command("alloc 20")["blocks"][0]
    assert block["address"] == "0x444444440000"
    assert (block["size"], block["block_size"], block["align"]) == (20, 24, 8)
    assert (block["id"], block["name"], block["state"]) == (1, None, "live")
    assert {"caller"} < set(block)


def test_the_last_hole_has_no_next(either: Heap) -> None:
    assert either.command("freelist")["holes"][-1]["next"] is None


@pytest.mark.expects("foreign-free")
def test_an_error_has_code_message_and_address(either: Heap) -> None:
    error = either.answer(f"free {HEAP_END:#x}")["error"]
    assert error["code"] == "foreign-free"
    assert error["address"] == "0x444444459000"
    assert "0x444444459000" in error["message"]
