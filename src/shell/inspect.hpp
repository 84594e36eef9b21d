// SPDX-License-Identifier: MIT
// `check`: the holes against the ledger.
#pragma once

#include <optional>

#include "lib/text.hpp"
#include "mm/heap/heap.hpp"
#include "shell/error.hpp"

namespace heap44::shell {

/// Something that cannot be true of a healthy heap.
struct Problem {
    std::string_view code;
    VirtAddr address;
    FixedText<200> message;
};

/// The first problem of the heap, or nothing: every hole is judged, and what is neither block nor
/// hole must be what the design accounts for.
[[nodiscard]] std::optional<Problem> find_problem(const mm::Heap& heap);

}  // namespace heap44::shell
