// SPDX-License-Identifier: MIT
// What compare, ops, random and why answer, as JSON.
#include "shell/answer/search.hpp"
#include "shell/render/json/json_renderer.hpp"

namespace heap44::shell {

void JsonRenderer::part(const ContestantBegun& begun) {
    json_.begin_object();
    json_.member("allocator", begun.design);
    policy();
    json_.begin_array("results");
}

void JsonRenderer::part(const ContestantDone&) {
    json_.end_array();
    json_.object("stats", [&] { figures(view_.heap.stats()); });
    json_.end_object();
}

void JsonRenderer::keys(const Compared& compared) {
    if (compared.interrupted) keys(refusal(ErrorCode::interrupted, "stopped by Ctrl-C"));
}

void JsonRenderer::part(const OperationDone& done) {
    json_.object([&] {
        json_.member("operation", done.operation.text);
        json_.object_or_null(done.block.has_value(), "block", [&] { block(*done.block); });
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
    const SearchResult& result = search.result;
    json_.array("visited", [&] {
        for_each_visited(view_.heap, search.layout, result, [&](const VisitedHole& hole) {
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
