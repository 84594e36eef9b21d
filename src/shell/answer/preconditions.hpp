// SPDX-License-Identifier: MIT
// What commands ask before they change anything.
#pragma once

#include <expected>

#include "mm/heap/heap.hpp"
#include "shell/answer/reply.hpp"
#include "shell/input/parser.hpp"

namespace heap44::shell {

/// Whether the heap may be emptied: it has no blocks, or they may be lost.
[[nodiscard]] std::expected<void, Error> may_lose_blocks(const mm::Heap& heap,
                                                         const Arguments& arguments);

/// An Error where the words in the holes are not sound, so that the design cannot be asked.
[[nodiscard]] std::expected<void, Error> require_sound_holes(const mm::Heap& heap);

}  // namespace heap44::shell
