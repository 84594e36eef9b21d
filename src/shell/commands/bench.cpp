// SPDX-License-Identifier: MIT
// bench: which designs are measured, and how.
//
// Measuring empties the heap and uses it. Afterwards it is what it was found as.

#include <algorithm>

#include "mm/heap/design_family.hpp"
#include "mm/heap/heap.hpp"
#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"
#include "shell/commands/design.hpp"
#include "shell/commands/loan.hpp"
#include "shell/lab/benchmark.hpp"
#include "shell/platform/guard.hpp"

namespace heap44::shell::commands {

namespace {

/// Designs by their place in `design_names()`: a bit for each.
using DesignSet = std::uint64_t;

/// The designs that the words name, or all that can be measured. Refused before anything is
/// emptied.
Parsed<DesignSet> parse_designs(const Arguments& arguments) {
    const std::span<const std::string_view> known = mm::design_names();
    DesignSet designs = 0;
    for (std::size_t index = 0; index < arguments.size(); ++index) {
        const auto found = std::ranges::find(known, arguments[index]);
        if (found == known.end()) return std::unexpected(unknown_design(arguments[index]));
        if (mm::uses_window(*found)) {
            return std::unexpected(refusal(ErrorCode::not_supported,
                                           "{} has no region to be measured in, only addresses",
                                           *found));
        }
        designs |= DesignSet{1} << (found - known.begin());
    }
    for (std::size_t index = 0; index < known.size() && arguments.size() == 0; ++index) {
        // The one that never gives anything has nothing to measure.
        if (known[index] == "dummy" || mm::uses_window(known[index])) continue;
        designs |= DesignSet{1} << index;
    }
    return designs;
}

/// Measures one row; what ended it early, Ctrl-C or a fault in a design.
std::optional<Report> measure_row(const BenchRow& row, DesignSet designs, Context& context,
                                  Loan& loan) {
    // In the order of `design_names`, which is that of all tables and drawings.
    for (std::size_t index = 0; index < mm::design_names().size(); ++index) {
        if ((designs >> index & 1) == 0) continue;
        const std::string_view design = mm::design_names()[index];
        context.executor.tell(DesignBegun{design});
        loan.begin(design, std::nullopt);
        BenchResult result;
        // Under a guard of its own, so that the row is ended whatever happens.
        const auto measured = [&] { result = measure(row, context); };
        if (const Report* report = run_guarded(context.guard, measured)) return *report;
        context.executor.tell(result);
    }
    return std::nullopt;
}

/// Row by row, so that what is compared is measured at nearly the same time.
std::optional<Report> measure_all(DesignSet designs, Context& context, Loan& loan) {
    for (const BenchRow& row : bench_rows(context.heap.region().size())) {
        context.executor.tell(BenchRowBegun{row});
        const auto stopped = measure_row(row, designs, context, loan);
        context.executor.tell(BenchRowDone{});
        if (stopped) return stopped;
    }
    return std::nullopt;
}

}  // namespace

Reply bench(Context& context, const Arguments& arguments) {
    const auto designs = parse_designs(arguments);
    if (!designs) return designs.error();
    // The words come first, then the question about blocks; then the answer begins, and the heap
    // changes.
    auto loan = Loan::take(context, arguments);
    if (!loan) return loan.error();
    std::optional<Report> stopped;
    run_and_restore(
        context.guard,
        [&] {
            context.executor.begin(Course::bench);
            stopped = measure_all(*designs, context, *loan);
        },
        [&] { loan->give_back(); });
    if (stopped) return Stopped{.report = *stopped, .left = {}};
    return Benched{};
}

}  // namespace heap44::shell::commands
