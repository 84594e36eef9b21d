// SPDX-License-Identifier: MIT
// What `where`, `watch`, `lastfault` and `backtrace` answer, as JSON.
//
// What text says in sentences stands in keys here; the sentence is there as well, for people who
// read a log.

#include "shell/explain/code_text.hpp"
#include "shell/render/json/json_renderer.hpp"

namespace heap44::shell {

/// The same keys for every place; those that say nothing about this one are null.
void JsonRenderer::keys(const AddressInfo& place) {
    json_.member("address", place.address);
    json_.member("kind", place.kind);
    json_.member("text", place.text.view());
    json_.object_or_null(place.block.has_value(), "block", [&] { block(*place.block); });
    json_.member("offset", place.block ? std::optional(place.offset) : std::nullopt);
    json_.object_or_null(place.hole.has_value(), "hole", [&] {
        json_.member("address", place.hole->address);
        json_.member("size", place.hole->size);
    });
    json_.text_or_null("region", place.region ? place.region->kind : "");
    code("code", place.code, CodeUse::instruction);
    json_.member("physical", place.physical);
}

/// Null where nothing has gone wrong yet.
void JsonRenderer::keys(const LastReport& last) {
    json_.object_or_null(last.report.has_value(), "report", [&] { report(*last.report); });
}

/// The innermost call first.
void JsonRenderer::keys(const Backtrace& trace) {
    json_.array("backtrace", [&] {
        for (std::size_t index = 0; index < trace.depth; ++index) {
            json_.element(code_text(view_.machine, trace.code[index]).view());
        }
    });
}

/// Those that wait for a write; the ones that have reported are gone.
void JsonRenderer::keys(const Watchpoints&) {
    json_.array("watches", [&] {
        for (const Watchpoint& watch : view_.machine.watchpoints()) {
            json_.object([&] {
                json_.member("address", watch.address);
                json_.member("size", watch.size);
            });
        }
    });
}

}  // namespace heap44::shell
