// SPDX-License-Identifier: MIT
// What compare, ops, random and why answer, as JSON.
#include "shell/comparison.hpp"
#include "shell/exercise.hpp"
#include "shell/render/json_renderer.hpp"
#include "shell/search.hpp"

namespace heap44::shell {

void JsonRenderer::keys(const Compare& compare) {
    Comparison comparison(compare, context_, executor_);
    json_.array("results", [&] {
        comparison.run(
            [&](std::string_view design, std::optional<mm::Policy>) {
                json_.begin_object();
                json_.member("allocator", design);
                policy();
                json_.begin_array("results");
            },
            [&](const Answer& inner) { answer(inner, nullptr); },
            [&] {
                json_.end_array();
                json_.object("stats", [&] { figures(context_.heap.stats()); });
                json_.end_object();
            });
    });
    json_.member("ok", !context_.session.interrupted);
    if (context_.session.interrupted) {
        keys(refusal(ErrorCode::interrupted, "stopped by Ctrl-C"));
    }
}

void JsonRenderer::keys(const Operations& operations) {
    const auto caller = code_of(find_command("ops")->run);
    json_.array("operations", [&] {
        run_operations(operations.list, context_.heap, caller,
                       [&](const Operation& operation, const mm::Block* done) {
                           json_.object([&] {
                               json_.member("operation", operation.text);
                               json_.object_or_null(done != nullptr, "block",
                                                    [&] { block(*done); });
                           });
                       });
    });
}

void JsonRenderer::keys(const RandomOperations& done) {
    json_.member("seed", done.seed);
    json_.member("operations", done.operations);
    json_.member("allocations", done.allocations);
    json_.member("frees", done.frees);
    json_.member("failures", done.failures);
}

void JsonRenderer::keys(const Search& search) {
    const SearchResult result = try_search(context_.heap, search.layout);
    json_.array("visited", [&] {
        for_each_visited(context_.heap, search.layout, result, [&](const VisitedHole& hole) {
            json_.object([&] {
                json_.member("address", hole.address);
                json_.member("size", hole.size);
                json_.member("fits", hole.fits);
                json_.member("reason", hole.reason);
            });
        });
    });
    json_.member("chosen", result.chosen);
    json_.array("left", [&] {
        for (std::size_t index = 0; index < result.left_count; ++index) {
            json_.object([&] {
                json_.member("address", address_of(result.left[index].address));
                json_.member("size", result.left[index].size);
            });
        }
    });
}

}  // namespace heap44::shell
