// SPDX-License-Identifier: MIT
// `check`: the holes against the ledger.
//
// Three things are compared: the words in the holes with their copy beside the heap, the other
// bytes with what they should hold, and the list of holes with the ledger. A broken word explains
// all that is wrong with the list, so then the list is not asked.
#pragma once

#include <optional>

#include "lib/text.hpp"
#include "mm/heap/heap.hpp"
#include "shell/explain/damage.hpp"
#include "shell/platform/error.hpp"

namespace heap44::shell {

/// Something that cannot be true of a healthy heap. `code` is an error code's name, `address` the
/// place to look at.
struct Problem {
    std::string_view code;
    VirtAddr address;
    FixedText<256> message;
};

/// The first problem of the holes, or nothing: every hole is judged, and what is neither block nor
/// hole must be what the design accounts for.
[[nodiscard]] std::optional<Problem> find_problem(const mm::Heap& heap);

/// Calls `visit(Problem)` for every problem of the heap: broken words in holes, other changed
/// bytes, and what is wrong with the holes otherwise.
void for_each_problem(const mm::Heap& heap, auto&& visit) {
    bool words_are_sound = true;
    heap.for_each_broken_word([&](const mm::BrokenWord& word) {
        visit(Problem{name(ErrorCode::corrupted_heap), word.address, describe(word, heap)});
        words_are_sound = false;
    });
    heap.for_each_damage([&](const mm::Damage& damage) {
        visit(Problem{name(code_of(damage.kind)), damage.bytes.first, describe(damage)});
    });
    // A list with a broken word leads anywhere. What else is wrong with it would only repeat that.
    if (!words_are_sound) return;
    if (const auto problem = find_problem(heap)) visit(*problem);
}

}  // namespace heap44::shell
