// SPDX-License-Identifier: MIT
// The question that every command asks which empties the heap.
#pragma once

#include <expected>

#include "shell/parser.hpp"
#include "shell/reply.hpp"

namespace heap44::shell {

/// Whether the heap may be emptied: it has no blocks, or they may be lost.
[[nodiscard]] inline std::expected<void, Error> may_lose_blocks(const mm::Heap& heap,
                                                                const Arguments& arguments) {
    const std::size_t live = heap.ledger().live_count();
    if (live == 0 || arguments.has_flag("--force")) return {};
    return std::unexpected(refusal(ErrorCode::would_lose_blocks,
                                   "{} live block{} would be lost; free {}, or add --force", live,
                                   plural(live), live == 1 ? "it" : "them"));
}

}  // namespace heap44::shell
