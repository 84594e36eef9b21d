// SPDX-License-Identifier: MIT
// What stress and bench answer, as text.
#include <algorithm>
#include <array>
#include <span>

#include "mm/heap/heap.hpp"
#include "mm/heap/history/trace.hpp"
#include "shell/answer/session.hpp"
#include "shell/render/stress_text.hpp"
#include "shell/render/text/text_renderer.hpp"

namespace heap44::shell {

namespace {

/// The figures of one row, a bar for each design. The bar of the largest figure is the longest;
/// where figures are percent, that of 100 would be. So the eye compares lengths, and reads numbers
/// after that.
void draw_bars(Output& output, const BenchRow& row, std::span<const BenchResult> results) {
    constexpr std::size_t widest = 48;
    double largest = row.counts_payload() ? 100 : 0;
    for (const BenchResult& each : results) largest = std::max(largest, each.figure.value_or(0));
    print(output, "{:<18} {:<37} {:>22}\n", row.name().view(), row.title(),
          row.counts_payload() ? "percent of the heap" : "ns per operation");
    for (const BenchResult& each : results) {
        print(output, "  {:<18}", each.design);
        if (!each.figure) {
            // A design may be too wasteful for a workload: that is a result as well.
            print(output, "{:>9}  does not fit\n", "-");
            continue;
        }
        print(output, "{:>9.1f} ", *each.figure);
        // A clock may stand still for a whole batch.
        const double share = largest > 0 ? *each.figure / largest : 0;
        const auto length = static_cast<std::size_t>(share * widest);
        for (std::size_t index = 0; index < std::max<std::size_t>(length, 1); ++index) {
            output.write("#");
        }
        output.write("\n");
    }
    output.write("\n");
}

}  // namespace

/// Bars need the largest figure, so the figures of a row are kept until the row is done.
void TextRenderer::part(const BenchRowBegun& begun) {
    row_ = begun.row;
    result_count_ = 0;
}

void TextRenderer::part(const DesignBegun& begun) {
    show_progress(format_fixed<80>("{}: {} ...", row_.name().view(), begun.design).view());
}

void TextRenderer::part(const BenchResult& result) {
    results_[result_count_++] = result;
}

void TextRenderer::part(const BenchRowDone&) {
    const auto results = std::span(results_).first(result_count_);
    if (!results.empty()) draw_bars(out_, row_, results);
}

/// Passed is one line. Failed shows what failed, then commands that can be typed to see it happen.
void TextRenderer::text(const StressRun& run) {
    if (!run.problem) {
        print(out_, "{} operation{} with seed {} on {}: every check passed; {} failed\n",
              run.operations, plural(run.operations), run.seed, view_.heap.design(), run.failures);
        return;
    }
    print(out_, "FAILED at operation {} with seed {} on {}\n", run.operations, run.seed,
          view_.heap.design());
    print(out_, "{} at {:#x}: {}\n", run.problem->code, run.problem->address.value,
          run.problem->message.view());
    out_.write("the shortest commands found that lead there, on an empty heap:\n");
    for (const StressOperation& operation : run.sequence) {
        if (has_command(operation)) print(out_, "  {}\n", command_text(operation).view());
    }
}

}  // namespace heap44::shell
