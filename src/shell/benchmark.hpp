// SPDX-License-Identifier: MIT
// `bench`: the workloads in the sizes of the heap at hand, and what they come to under each design.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "lib/text.hpp"
#include "mm/heap/heap.hpp"
#include "shell/command.hpp"
#include "shell/executor.hpp"
#include "shell/platform.hpp"
#include "shell/reply.hpp"

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

/// The design in use, by itself, on an empty heap; the heap is empty afterwards. Ctrl-C stops it.
[[nodiscard]] BenchResult measure(const BenchRow& row, mm::Heap& heap, Platform& platform);

/// One run of `bench`.
class BenchRun {
public:
    BenchRun(const Bench& bench, Context& context) : designs_(bench.designs), context_(context) {}

    /// Calls `begin(row)`, for each design `before(design)` and `after(result)`, and `end()`, row
    /// by row, so that what is compared is measured at nearly the same time. Afterwards the heap is
    /// empty, and of the design and policy that it had before.
    void run(auto&& begin, auto&& before, auto&& after, auto&& end) {
        mm::Heap& heap = context_.heap;
        const std::string_view design = heap.design();
        const auto policy = heap.policy();
        for (const BenchRow& row : bench_rows(heap.size())) {
            begin(row);
            for (std::size_t index = 0; index < mm::design_names().size(); ++index) {
                if ((designs_ >> index & 1) == 0 || stopped_) continue;
                before(mm::design_names()[index]);
                measure_guarded(row, mm::design_names()[index]);
                if (!stopped_) after(result_);
            }
            end();
            if (stopped_) break;
        }
        heap.select(design);
        if (policy) heap.set_policy(*policy);
    }

    /// What ended it early: Ctrl-C, or a fault in a design.
    [[nodiscard]] const std::optional<Stopped>& stopped() const { return stopped_; }

private:
    void measure_guarded(const BenchRow& row, std::string_view design);

    std::uint64_t designs_;
    Context& context_;
    BenchResult result_;
    std::optional<Stopped> stopped_;
};

}  // namespace heap44::shell
