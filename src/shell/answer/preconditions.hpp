// SPDX-License-Identifier: MIT
// What commands ask before they change anything. A command is refused as a whole or not at all, so
// these questions come before its first change.
#pragma once

#include <expected>
#include <string_view>

#include "shell/answer/reply.hpp"
#include "shell/input/parser.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

/// Whether the heap may be emptied: it has no live blocks, or the person said `--force`. Else an
/// Error with the code `would-lose-blocks`, which may begin with why that is so.
[[nodiscard]] std::expected<void, Error> may_lose_blocks(const mm::Heap& heap,
                                                         const Arguments& arguments,
                                                         std::string_view why = {});

/// An Error where the words that the design keeps in its holes are not sound. It follows them when
/// it is asked for a block, so it cannot be asked: it would loop, fault, or hand out memory twice.
[[nodiscard]] std::expected<void, Error> require_sound_holes(const mm::Heap& heap);

}  // namespace heap44::shell
