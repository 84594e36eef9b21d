// SPDX-License-Identifier: MIT
#include "shell/answer/preconditions.hpp"

#include "mm/heap/heap.hpp"
#include "shell/explain/block_text.hpp"
#include "shell/explain/damage.hpp"

namespace heap44::shell {

std::expected<void, Error> may_lose_blocks(const mm::Heap& heap, const Arguments& arguments,
                                           std::string_view why) {
    const std::size_t live = heap.ledger().live_count();
    if (live == 0 || arguments.has_flag("--force")) return {};
    return std::unexpected(refusal(ErrorCode::would_lose_blocks,
                                   "{}{} live block{} would be lost; free {}, or add --force", why,
                                   live, plural(live), live == 1 ? "it" : "them"));
}

std::expected<void, Error> require_sound_holes(const mm::Heap& heap) {
    const auto word = heap.find_broken_word();
    if (!word) return {};
    Error error{.code = ErrorCode::corrupted_heap,
                .message = FixedText<320>(describe(*word, heap).view()),
                .address = word->address};
    error.hint.write("'repair' puts it right");
    note_nearest(error, heap, word->address);
    return std::unexpected(error);
}

}  // namespace heap44::shell
