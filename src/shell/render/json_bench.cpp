// SPDX-License-Identifier: MIT
// What stress and bench answer, as JSON.
#include "shell/benchmark.hpp"
#include "shell/render/json_renderer.hpp"
#include "shell/render/stress_text.hpp"

namespace heap44::shell {

void JsonRenderer::keys(const StressRun& run) {
    json_.member("seed", run.seed);
    json_.member("operations", run.operations);
    json_.member("failures", run.failures);
    json_.member("passed", !run.problem);
    if (!run.problem) {
        json_.null("problem");
        json_.null("commands");
        return;
    }
    json_.object("problem", [&] {
        json_.member("code", run.problem->code);
        json_.member("address", run.problem->address);
        json_.member("message", run.problem->message.view());
    });
    json_.array("commands", [&] {
        for (const StressStep& step : run.steps) {
            if (has_command(step)) json_.element(command_text(step).view());
        }
    });
}

void JsonRenderer::keys(const Bench& bench) {
    BenchRun run(bench, context_);
    json_.array("results", [&] {
        FixedText<40> workload;
        bool counts_payload = false;
        run.run(
            [&](const BenchRow& row) {
                workload = row.name();
                counts_payload = row.counts_payload();
            },
            [](std::string_view) {},
            [&](const BenchResult& result) {
                json_.object([&] {
                    const std::optional<double> none;
                    json_.member("design", result.design);
                    json_.member("workload", workload.view());
                    json_.member("operations", result.operations);
                    json_.member("ns_per_operation", counts_payload ? none : result.figure);
                    json_.member("payload_percent", counts_payload ? result.figure : none);
                });
            },
            [] {});
    });
    json_.member("ok", !run.stopped());
    if (run.stopped()) keys(*run.stopped());
}

}  // namespace heap44::shell
