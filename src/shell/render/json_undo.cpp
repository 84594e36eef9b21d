// SPDX-License-Identifier: MIT
// What undo, redo, snapshot, restore and diff answer, as JSON.
#include "shell/heap_difference.hpp"
#include "shell/render/json_renderer.hpp"

namespace heap44::shell {

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
        for (const auto& each : context_.journal->snapshots()) json_.element(each.name.view());
    });
}

void JsonRenderer::keys(const Difference& reply) {
    const HeapDifference difference(context_.heap, *context_.journal, *reply.since);
    const auto write_block = [&](const mm::Block& each) { json_.object([&] { block(each); }); };
    const auto write_hole = [&](VirtAddr address, std::uint64_t size) {
        json_.object([&] {
            json_.member("address", address);
            json_.member("size", size);
        });
    };
    json_.array("added", [&] { difference.for_each_added(write_block); });
    json_.array("removed", [&] { difference.for_each_removed(write_block); });
    json_.array("holes_added", [&] { difference.for_each_hole_added(write_hole); });
    json_.array("holes_removed", [&] { difference.for_each_hole_removed(write_hole); });
    json_.member("bytes_changed", difference.bytes_changed());
}

}  // namespace heap44::shell
