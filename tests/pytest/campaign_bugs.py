# SPDX-License-Identifier: MIT
"""The bugs that a campaign injects: each a function that commits one and demands its report."""

from __future__ import annotations

from typing import Any, Callable, Iterator

from campaign import Miss, Scene, address_in, demand, holds
from campaign_faults import FAULTS
from campaign_model import PAGE, Gap, Verdict, Word, verdict_on
from campaign_programs import PROGRAMS
from heap44 import Block

NOTHING_FREE = "no place"
# In hexadecimal they fit a line of 1,024 bytes.
MOST_POKED = 400


# --- wrong frees ---


def double_free(scene: Scene) -> None:
    """By number, by name, by address: what was freed there last."""
    model = scene.model
    last_places = {block.id: block for block in _freed(scene)}
    block = scene.source.choice(list(last_places.values()))
    word = scene.source.choice((f"#{block.id}", f"{block.address:#x}", block.name or "0x"))
    word = f"{block.address:#x}" if word == "0x" else word
    if word.startswith("0x"):
        verdict = model.free_of(block.address)
        if verdict is None or verdict.code != "double-free":
            word = f"#{block.id}"
    if not word.startswith("0x"):
        verdict = Verdict("double-free", block.id, 0)
    assert verdict is not None
    for _ in range(2):
        error = scene.refused(f"free {word}", verdict, block.address)
        demand(error["freed_in"] >= error["allocated_in"] > 0, True, "when it came and went")
        demand(error["freed_by"] is not None, True, "by whom it was freed")


def interior_free(scene: Scene) -> None:
    block = scene.source.choice([each for each in scene.model.live if each.block_size > 1])
    _wrong_free(scene, block.address + scene.source.randrange(1, block.block_size))


def invalid_free(scene: Scene) -> None:
    model = scene.model
    for _ in range(500):
        hole = scene.source.choice(model.holes)
        address = hole.address + scene.source.randrange(min(hole.size, 4096))
        if (verdict := model.free_of(address)) and verdict.code == "invalid-free":
            return _wrong_free(scene, address)
    raise Miss(NOTHING_FREE)


def foreign_free(scene: Scene) -> None:
    distance = scene.source.choice((0, 1, 8, 4096, 1 << 30))
    below = scene.source.random() < 0.5
    _wrong_free(scene, scene.model.start - 1 - distance if below else scene.model.end + distance)


def _wrong_free(scene: Scene, address: int) -> None:
    verdict = scene.model.free_of(address)
    assert verdict is not None
    scene.refused(f"free {address:#x}", verdict, address)
    # All or nothing: a right free in front of it is not made either.
    block = scene.source.choice(scene.model.live)
    scene.refused(f"free #{block.id} {address:#x}", verdict, address)


# --- bytes changed ---


def overflow(scene: Scene) -> None:
    """Behind a payload, into the padding."""
    scene_gap = scene.source.choice([gap for gap in scene.model.gaps() if _padding(gap)])
    assert scene_gap.below is not None
    size = scene.source.randint(1, _padding(scene_gap))
    _damage(scene, scene_gap.start, size, "overflow", scene_gap.below)


def overflow_far(scene: Scene) -> None:
    """Into the padding, but not where it begins."""
    gap = scene.source.choice([gap for gap in scene.model.gaps() if _padding(gap) > 1])
    start = scene.source.randint(gap.start + 1, gap.start + _padding(gap) - 1)
    _damage(scene, start, gap.start + _padding(gap) - start)


def overflow_into_hole(scene: Scene) -> None:
    """Right behind a block's end, where the memory is free and no word of the design's."""
    model = scene.model
    starts = [(gap, gap.start + _padding(gap)) for gap in scene.model.gaps() if gap.below]
    open_ = [(gap, at) for gap, at in starts if at < gap.end and not model.is_word(at)]
    if not open_:
        return underflow(scene)
    gap, start = scene.source.choice(open_)
    _damage(scene, start, scene.source.randint(1, min(12, gap.end - start)))


def underflow(scene: Scene) -> None:
    """Bytes that end right in front of a block."""
    model, found = scene.model, []
    for gap in scene.model.gaps():
        if gap.above is None:
            continue
        size = 0
        while size < 12 and gap.end - size > gap.start and not model.is_word(gap.end - size - 1):
            size += 1
        if size:
            found.append((gap, size))
    if not found:
        return overflow(scene)
    gap, size = scene.source.choice(found)
    size = scene.source.randint(1, size)
    _damage(scene, gap.end - size, size)


def write_after_free(scene: Scene) -> None:
    """In freed memory, away from live blocks and from words."""
    model = scene.model
    for _ in range(500):
        block = scene.source.choice(_freed(scene))
        size = scene.source.randint(1, min(12, block.block_size))
        start = block.address + scene.source.randint(0, block.block_size - size)
        if _is_free(scene, start, size) and model.named(start, start + size - 1).block == block.id:
            return _damage(scene, start, size, "use-after-free", block)
    # Under first fit nothing of what was freed may be left but words.
    return free_memory(scene)


def free_memory(scene: Scene) -> None:
    """Anywhere in free memory."""
    for _ in range(500):
        gap = scene.source.choice(scene.model.gaps())
        size = scene.source.randint(1, 40)
        start = gap.start + scene.source.randrange(min(gap.end - gap.start, 3000))
        if start + size <= gap.end and _is_free(scene, start, size):
            return _damage(scene, start, size)
    raise Miss(NOTHING_FREE)


def _damage(
    scene: Scene, start: int, size: int, code: str | None = None, block: Block | None = None
) -> None:
    """Changes the bytes, all of them; `check` tells, and then the command that meets them, once."""
    model, size = scene.model, min(size, MOST_POKED)
    verdict = model.named(start, start + size - 1)
    if code is not None and block is not None:
        demand((verdict.code, verdict.block), (code, block.id), "what is to be injected")
    data = bytes(byte ^ scene.source.randrange(1, 256) for byte in model.byte(start, size))
    _forced(scene, start, data)
    demand(scene.problems(), [(verdict.code, start)], "problems")
    scene.meets_nothing(f"peek {start:#x} {size}", f"where {start:#x}")
    trigger = _trigger(scene, start, size)
    if trigger is None:
        repaired = scene.do("repair")
        told = (repaired["problems"], repaired["holes"], repaired["repaired"])
        demand(told, (1, 0, 1), "repair")
    else:
        report = scene.do(trigger, reported=(verdict.code,))["damage"][0]
        holds(report, verdict, start, f"damage met by {trigger}")
        demand(report["size"], size, "the size of the damage")
        memory = report["memory"]
        shown = bytes.fromhex(memory["bytes"])[start - int(memory["address"], 16) :][:size]
        demand(shown, data[: len(shown)], "the bytes as they were found")
    demand(scene.problems(), [], "problems after it was told")


def _forced(scene: Scene, start: int, data: bytes) -> None:
    """`poke` refuses it, and with --force warns of the same."""
    refusal = scene.model.refusal(start, len(data))
    command = f"poke {start:#x} {data.hex()}"
    error = scene.heap.answer(command)["error"]
    demand(error["code"], refusal and refusal.code, command)
    if refusal is not None and refusal.block is not None:
        demand(error["block"]["id"], refusal.block, f"block of {command}")
    demand(address_in(error), start, f"address of {command}")
    warning = scene.do(f"{command} --force")["warning"]
    demand(warning and warning.partition(":")[0], refusal and refusal.code, "warning")


def _trigger(scene: Scene, start: int, size: int) -> str | None:
    """A command that takes or gives back memory there or right beside it, if one is known."""
    reach, last = 16, start + size - 1
    beside = [
        block
        for block in scene.model.live
        if block.address - reach <= last and start < block.end + reach
    ]
    if beside:
        block = scene.source.choice(beside)
        return scene.source.choice((f"free #{block.id}", f"realloc #{block.id} {block.size + 1}"))
    for wanted in (size + 16, 24, 100, 700, 3000):
        chosen = address_of_search(scene.look(f"why {wanted}"))
        if chosen is not None and chosen - reach <= last and start < chosen + wanted + reach:
            return f"{scene.source.choice(('alloc', 'zalloc'))} {wanted}"
    return None


def address_of_search(answer: dict[str, Any]) -> int | None:
    return None if answer["chosen"] is None else int(answer["chosen"], 16)


# --- the words in the holes ---


def broken_hole(scene: Scene) -> None:
    model, source = scene.model, scene.source
    word = source.choice(model.words)
    bad = source.choice([value for value in _bad_values(scene, word) if value != word.value])
    data = bad.to_bytes(word.size, "little")
    _forced(scene, word.address, data)
    demand(scene.problems(), [("corrupted-heap", word.address)], "problems")
    broken = model.byte(model.start, model.end - model.start)
    at = word.address - model.start
    broken = broken[:at] + data + broken[at + len(data) :]
    block = source.choice(scene.model.live)
    commands = ["alloc 8", "zalloc 700", f"free #{block.id}", f"realloc #{block.id} 900", "why 8"]
    commands += ["ops +8", "random 5", "free all"]
    near = model.live_around(word.address) or model.freed_around(word.address)
    near = near or model.nearest(word.address)
    for command in source.sample(commands, 4):
        verdict = verdict_on("corrupted-heap", near, word.address)
        message = scene.refused(command, verdict, word.address)["message"]
        demand(f"{word.hole:#x}" in message, True, f"the hole in {message!r}")
        for value in (bad, word.value):
            told = f"{value:#x}" in message or str(value) in message
            demand(told, True, f"{value:#x} in {message!r}")
    now = scene.memory()
    demand(now == broken, True, "nothing changed while the list was broken")
    scene.meets_nothing()
    if source.random() < 0.5:
        repaired = scene.do("repair")
        told_ = (repaired["problems"], repaired["holes"], repaired["repaired"])
        demand(told_, (1, 1, 1), "repair")
        mended = scene.memory()
        demand(mended == model.byte(model.start, len(mended)), True, "the list as it was")
        demand(scene.problems(), [], "problems after repair")


def _bad_values(scene: Scene, word: Word) -> Iterator[int]:
    """Values in the word's own unit: bytes and addresses, or granules."""
    model, most = scene.model, (1 << 8 * word.size) - 1
    unit, base = (16, model.start) if word.size == 4 else (1, 0)
    yield from (0, most, word.value ^ 4, word.value + 1 & most, scene.source.randint(0, most))
    if word.field.startswith("size"):
        yield from ((model.end - model.start) // unit, word.value + 64 // unit, 1)
    else:
        block = scene.source.choice(scene.model.live)
        places = (word.hole, model.holes[0].address, model.end, block.address, model.start - 64)
        yield from ((place - base) // unit & most for place in places)


# --- what must not be reported ---


def nothing(scene: Scene) -> None:
    """Right writes up to the last byte, and wrong ones that change nothing."""
    model = scene.model
    block = scene.source.choice([each for each in scene.model.live if each.size > 0])
    data = bytes(byte ^ 0x11 for byte in model.byte(block.address, block.size)[-8:])
    scene.do(f"poke {block.address + block.size - len(data):#x} {data.hex()}")
    demand(scene.problems(), [], "problems")
    gap = scene.source.choice(scene.model.gaps())
    same = model.byte(gap.start, min(8, gap.end - gap.start))
    scene.look(f"poke {gap.start:#x} {same.hex()} --force")
    demand(scene.problems(), [], "problems")
    scene.do(f"free #{block.id}")


def neighbour(scene: Scene) -> None:
    """Out of one payload into another, with what lies between left alone: nobody can see that."""
    blocks = [each for each in scene.model.live if each.size > 0]
    first, second = scene.source.sample(blocks, 2)
    scene.do(f"poke {second.address:#x} {scene.model.byte(second.address)[0] ^ 1:02x} --force")
    demand(scene.problems(), [], "problems")
    scene.do(f"free #{first.id} #{second.id}")


def guarded(scene: Scene) -> None:
    """Under guard-page nothing beside a block's pages can be written at all."""
    block = scene.source.choice(scene.model.live)
    page = -(-block.end // PAGE) * PAGE
    for address in (block.end if block.end % PAGE == 0 else page, block.address // PAGE * PAGE - 1):
        for force in ("", " --force"):
            error = scene.heap.answer(f"poke {address:#x} 00{force}")["error"]
            demand((error["code"], address_in(error)), ("unmapped", address), "poke")


# --- places ---


def _freed(scene: Scene) -> list[Block]:
    live = {block.id for block in scene.model.live}
    found = [block for block in scene.model.freed if block.id not in live]
    if not found:
        raise Miss("nothing was freed")
    return found


def _padding(gap: Gap) -> int:
    return 0 if gap.below is None else gap.below.end - gap.start


def _is_free(scene: Scene, start: int, size: int) -> bool:
    model = scene.model
    region = range(start, start + size)
    return model.start <= start and start + size <= model.end and not any(
        model.live_around(at) or model.is_word(at) for at in region
    )


_FREES = {
    "double free": double_free,
    "interior free": interior_free,
    "invalid free": invalid_free,
    "foreign free": foreign_free,
}
_BYTES = {
    "overflow": overflow,
    "overflow further on": overflow_far,
    "overflow into a hole": overflow_into_hole,
    "underflow": underflow,
    "write after free": write_after_free,
    "write to free memory": free_memory,
    "nothing": nothing,
    "into a neighbour": neighbour,
}
INJECTIONS: dict[str, Callable[[Scene], None]] = {
    **_FREES,
    **_BYTES,
    "broken hole": broken_hole,
    "write beside a guarded block": guarded,
    **FAULTS,
    **PROGRAMS,
}


def applies(setting: str, kind: str) -> bool:
    """Whether there is this kind of bug under a design or policy."""
    design = setting.split()[0]
    if kind == "broken hole":
        return design not in ("bump", "buddy", "guard-page")
    if kind == "write beside a guarded block":
        return design == "guard-page"
    # There no free memory is mapped.
    return design != "guard-page" or kind not in ("write after free", "write to free memory")
