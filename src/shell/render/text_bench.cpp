// SPDX-License-Identifier: MIT
// What stress and bench answer, as text.
#include <algorithm>
#include <array>
#include <span>

#include "shell/benchmark.hpp"
#include "shell/render/stress_text.hpp"
#include "shell/render/text_renderer.hpp"

namespace heap44::shell {

namespace {

/// What is measured now, on a line that the figures then take: for terminals that redraw.
class Progress {
public:
    Progress(Output& output, bool redraws) : output_(output), redraws_(redraws) {}
    void show(std::string_view workload, std::string_view design) {
        if (redraws_) print(output_, "\r\x1b[K{}: {} ...", workload, design);
    }
    void erase() {
        if (redraws_) output_.write("\r\x1b[K");
    }

private:
    Output& output_;
    bool redraws_;
};

/// The figures of one row, a bar for each design: the longest is that of the largest figure, or of
/// 100 percent.
void draw_bars(Output& output, const BenchRow& row, std::span<const BenchResult> results) {
    constexpr std::size_t widest = 48;
    double largest = row.counts_payload() ? 100 : 0;
    for (const BenchResult& each : results) largest = std::max(largest, each.figure.value_or(0));
    print(output, "{:<18} {:<37} {:>22}\n", row.name().view(), row.title(),
          row.counts_payload() ? "percent of the heap" : "ns per operation");
    for (const BenchResult& each : results) {
        print(output, "  {:<18}", each.design);
        if (!each.figure) {
            print(output, "{:>9}  does not fit\n", "-");
            continue;
        }
        print(output, "{:>9.1f} ", *each.figure);
        const auto length = static_cast<std::size_t>(*each.figure / largest * widest);
        for (std::size_t index = 0; index < std::max<std::size_t>(length, 1); ++index) {
            output.write("#");
        }
        output.write("\n");
    }
    output.write("\n");
}

}  // namespace

void TextRenderer::text(const Bench& bench) {
    Progress progress(out_, context_.session.ansi);
    std::array<BenchResult, 64> results;
    std::size_t count = 0;
    const BenchRow* current = nullptr;
    BenchRun run(bench, context_);
    run.run(
        [&](const BenchRow& row) {
            current = &row;
            count = 0;
        },
        [&](std::string_view design) { progress.show(current->name().view(), design); },
        [&](const BenchResult& result) { results[count++] = result; },
        [&] {
            progress.erase();
            if (count > 0) draw_bars(out_, *current, std::span(results).first(count));
        });
    if (run.stopped()) text(*run.stopped());
}

void TextRenderer::text(const StressRun& run) {
    if (!run.problem) {
        print(out_, "{} operation{} with seed {} on {}: every check passed; {} found no hole\n",
              run.operations, plural(run.operations), run.seed, context_.heap.design(),
              run.failures);
        return;
    }
    print(out_, "FAILED at operation {} with seed {} on {}\n", run.operations, run.seed,
          context_.heap.design());
    print(out_, "{} at {:#x}: {}\n", run.problem->code, run.problem->address.value,
          run.problem->message.view());
    out_.write("the shortest commands found that lead there, on an empty heap:\n");
    for (const StressStep& step : run.steps) {
        if (has_command(step)) print(out_, "  {}\n", command_text(step).view());
    }
}

}  // namespace heap44::shell
