// SPDX-License-Identifier: MIT
// What compare, ops, random and why answer, as JSON.
//
// What the command knows as a number is a number here; sentences stay with the text form.

#include "mm/heap/heap.hpp"
#include "shell/answer/search.hpp"
#include "shell/render/json/json_renderer.hpp"

namespace heap44::shell {

/// An object for each contestant; the answers of its commands are its `results`.
void JsonRenderer::part(const ContestantBegun& begun) {
    json_.begin_object();
    json_.member("allocator", begun.design);
    policy_and_guard();
    json_.begin_array("results");
}

void JsonRenderer::part(const ContestantDone&) {
    json_.end_array();
    // The heap is still what this contestant made of it.
    json_.object("stats", [&] { figures(view_.heap.stats()); });
    json_.end_object();
}

/// All has been told with the contestants; only a comparison that was broken off says so.
void JsonRenderer::keys(const Compared& compared) {
    if (compared.interrupted) keys(refusal(ErrorCode::interrupted, "stopped by Ctrl-C"));
}

/// `block` is null where an allocation failed, or where what failed is freed; `reason` where no
/// allocation failed.
void JsonRenderer::part(const OperationDone& done) {
    json_.object([&] {
        json_.member("operation", done.operation.text);
        json_.object_or_null(done.block.has_value(), "block", [&] { block(*done.block); });
        if (done.reason) {
            json_.member("reason", mm::name(*done.reason));
        } else {
            json_.null("reason");
        }
    });
}

/// The seed first: with it the same operations come again.
void JsonRenderer::keys(const RandomOperations& done) {
    json_.member("seed", done.seed);
    json_.member("operations", done.operations);
    json_.member("allocations", done.allocations);
    json_.member("frees", done.frees);
    json_.member("failures", done.failures);
    json_.member("passed_over", done.passed_over);
}

/// The holes in the order of the search, then its result. `chosen` is null where none fits.
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
