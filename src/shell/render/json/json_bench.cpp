// SPDX-License-Identifier: MIT
// What stress and bench answer, as JSON.
#include "shell/render/json/json_renderer.hpp"
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

void JsonRenderer::part(const BenchResult& result) {
    const std::optional<double> none;
    json_.object([&] {
        json_.member("design", result.design);
        json_.member("workload", row_.name().view());
        json_.member("operations", result.operations);
        json_.member("ns_per_operation", row_.counts_payload() ? none : result.figure);
        json_.member("payload_percent", row_.counts_payload() ? result.figure : none);
    });
}

}  // namespace heap44::shell
