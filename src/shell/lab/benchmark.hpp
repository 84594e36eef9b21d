// SPDX-License-Identifier: MIT
// `bench`: the workloads in the sizes of the heap at hand, and what they come to under a design.
#pragma once

#include "shell/answer/bench_row.hpp"
#include "shell/answer/context.hpp"

namespace heap44::shell {

/// The design in use, by itself, on an empty heap; the heap is empty afterwards. Ctrl-C stops it.
[[nodiscard]] BenchResult measure(const BenchRow& row, Context& context);

}  // namespace heap44::shell
