// SPDX-License-Identifier: MIT
// `check`: the holes against the ledger.
//
// Three things are compared: the words in the holes with their copy beside the heap, the other
// bytes with what they should hold, and the list of holes with the ledger. A broken word explains
// all that is wrong with the list, so then the list is not asked.
#pragma once

#include <optional>

#include "lib/function_ref.hpp"
#include "shell/explain/problem.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

/// The first problem of the holes, or nothing: every hole is judged, and what is neither block nor
/// hole must be what the design accounts for.
[[nodiscard]] std::optional<Problem> find_problem(const mm::Heap& heap);

/// Calls `visit(Problem)` for every problem of the heap: broken words in holes, other changed
/// bytes, and what is wrong with the holes otherwise.
void for_each_problem(const mm::Heap& heap, FunctionRef<void(const Problem&)> visit);

}  // namespace heap44::shell
