// SPDX-License-Identifier: MIT
// What stress and bench answer, as JSON.
//
// The parts of `bench` are drawn one by one, as soon as they are measured; `row_` is the row at
// hand.

#include "shell/render/json/json_renderer.hpp"
#include "shell/render/stress_text.hpp"

namespace heap44::shell {

/// `problem` and `commands` are null where every check passed: a reader can test either.
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
        for (const StressOperation& operation : run.sequence) {
            if (has_command(operation)) json_.element(command_text(operation).view());
        }
    });
}

/// An object for each figure, with the names of both design and workload: a reader can sort them as
/// it likes. A figure is either a time or a share; the other one is null.
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
