// SPDX-License-Identifier: MIT
#include "shell/answer/bench_row.hpp"

#include <algorithm>

#include "lib/address_plan.hpp"
#include "shell/platform/limits.hpp"

namespace heap44::shell {

namespace {

using Kind = BenchRow::Kind;

}  // namespace

FixedText<40> BenchRow::name() const {
    switch (kind) {
        case Kind::replacement:
            // The letters are those of docs/benchmarks.md, so that figures can be compared with its
            // tables.
            return format_fixed<40>("W1 L={} M={}", count, largest);
        case Kind::holes:
            return format_fixed<40>("W2 N={}", count);
        case Kind::stack:
            return format_fixed<40>("W3 D={}", count);
        case Kind::filling:
            // The two ranges of sizes that W4 draws from begin at 1 and at 16; see `Sizes` in
            // workloads.hpp.
            return format_fixed<40>("W4 fill {}..{}", largest == 256 ? 1 : 16, largest);
        case Kind::churning:
            return format_fixed<40>("W4 churn {}..{}", largest == 256 ? 1 : 16, largest);
        case Kind::vectors:
            break;
    }
    return format_fixed<40>("W5 vectors={}", count);
}

std::string_view BenchRow::title() const {
    switch (kind) {
        case Kind::replacement:
            return "random blocks of L are replaced";
        case Kind::holes:
            return "N holes before the one that fits";
        case Kind::stack:
            return "D blocks, last in, first out";
        case Kind::filling:
            return "allocated until nothing fits";
        case Kind::churning:
            return "allocated and freed until it is full";
        case Kind::vectors:
            break;
    }
    return "vectors that grow side by side";
}

/// With the blocks scaled to the heap a workload fills about the same share of each heap.
std::array<BenchRow, bench_row_count> bench_rows(std::size_t heap_size) {
    // At least one block, since no workload can do without; at most as many as keep a row short.
    const auto scaled = [&](std::size_t count) {
        return std::clamp<std::size_t>(count * heap_size / default_heap_size, 1, 10'000);
    };
    return {{{Kind::replacement, scaled(100), 256},
             {Kind::replacement, scaled(1000), 64},
             {Kind::holes, scaled(10), 96},
             {Kind::holes, scaled(1000), 96},
             {Kind::stack, scaled(64), 256},
             {Kind::stack, scaled(400), 256},
             {Kind::filling, 0, 256},
             {Kind::churning, 0, 256},
             {Kind::filling, 0, 4096},
             {Kind::vectors, scaled(16), 3072}}};
}

}  // namespace heap44::shell
