// SPDX-License-Identifier: MIT
// The rows of `bench`: a workload in one size, and what one design comes to in it.
//
// Here are only the values, so that the renderers can show them. The workloads and the clock are in
// src/shell/lab.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "lib/text.hpp"

namespace heap44::shell {

/// One workload in one size.
struct BenchRow {
    enum class Kind : std::uint8_t { replacement, holes, stack, filling, churning, vectors };
    Kind kind;
    /// Live blocks, holes, depth or vectors; 0 for W4.
    std::size_t count;
    /// The largest size that is asked for.
    std::size_t largest;

    /// `W1 L=100 M=256`, as docs/benchmarks.md calls it.
    [[nodiscard]] FixedText<40> name() const;
    /// In words what the workload does, for the line above the bars.
    [[nodiscard]] std::string_view title() const;
    /// W4: the figure is a share of the heap, not a time.
    [[nodiscard]] bool counts_payload() const {
        return kind == Kind::filling || kind == Kind::churning;
    }
};

inline constexpr std::size_t bench_row_count = 10;
/// The rows that docs/benchmarks.md has for 100 KiB; in other heaps with as many more blocks as
/// these are larger, up to 10,000.
[[nodiscard]] std::array<BenchRow, bench_row_count> bench_rows(std::size_t heap_size);

/// What one design comes to in one row. No figure: it does not fit into this heap.
struct BenchResult {
    std::string_view design;
    std::uint64_t operations = 0;
    /// ns per operation, the median of the batches; or percent of the heap.
    std::optional<double> figure;
};

}  // namespace heap44::shell
