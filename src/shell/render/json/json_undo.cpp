// SPDX-License-Identifier: MIT
// What undo, redo, snapshot, restore and diff answer, as JSON.
//
// The four lists of a difference have the parts; what `undo` and its like answer fits into a few
// numbers.

#include <algorithm>
#include <span>

#include "shell/render/json/json_renderer.hpp"

namespace heap44::shell {

/// In bytes and steps; `last` is the command whose step was taken back, or done again, last.
void JsonRenderer::keys(const StepsTaken& taken) {
    json_.member("steps", taken.steps);
    json_.member("remaining", taken.remaining);
    json_.member("forgotten", taken.forgotten);
    json_.member("capacity", taken.capacity);
    json_.member("used", taken.used);
    json_.member("last", taken.command.view());
}

void JsonRenderer::keys(const SnapshotUsed& used) {
    json_.member("name", used.name.view());
    json_.member("live", used.live);
    json_.array("snapshots", [&] {
        for (const auto& each : std::span(used.names).first(used.count)) {
            json_.element(each.view());
        }
    });
}

/// The lists of a difference stand one after the other, in the order in which the parts come. Those
/// that are passed over on the way are opened and closed: they are empty, not missing.
void JsonRenderer::turn_to(std::string_view list) {
    for (auto at = std::ranges::find(difference_lists, list_); *at != list; ++at) {
        json_.end_array();
        list_ = *(at + 1);
        json_.begin_array(list_);
    }
}

/// What was live before and is not the same now stands in `removed`, with its state of then.
void JsonRenderer::part(const BlockDifference& difference) {
    turn_to(difference.added ? "added" : "removed");
    json_.object([&] { block(difference.block); });
}

void JsonRenderer::part(const HoleDifference& difference) {
    turn_to(difference.added ? "holes_added" : "holes_removed");
    json_.object([&] {
        json_.member("address", difference.address);
        json_.member("size", difference.size);
    });
}

void JsonRenderer::keys(const Difference& difference) {
    // The lists that no part has come to are empty.
    for (auto rest = std::ranges::find(difference_lists, list_) + 1; rest < difference_lists.end();
         ++rest) {
        json_.array(*rest, [] {});
    }
    json_.member("bytes_changed", difference.bytes);
}

}  // namespace heap44::shell
