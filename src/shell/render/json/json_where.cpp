// SPDX-License-Identifier: MIT
// What `where`, `watch`, `lastfault` and `backtrace` answer, as JSON.
//
// What text says in sentences stands in keys here; the sentence is there as well, for people who
// read a log.

#include "shell/explain/code_text.hpp"
#include "shell/platform/machine.hpp"
#include "shell/render/json/json_renderer.hpp"

namespace heap44::shell {

/// The same keys for every address; those that say nothing about this one are null.
void JsonRenderer::keys(const AddressInfo& info) {
    json_.member("address", info.address);
    json_.member("kind", info.kind);
    json_.member("text", info.text.view());
    json_.object_or_null(info.block.has_value(), "block", [&] { block(*info.block); });
    json_.member("offset", info.block ? std::optional(info.offset) : std::nullopt);
    json_.object_or_null(info.hole.has_value(), "hole", [&] {
        json_.member("address", info.hole->address);
        json_.member("size", info.hole->size);
    });
    json_.text_or_null("region", info.region ? info.region->kind : "");
    code("code", info.code, CodeUse::instruction);
    json_.member("physical", info.physical);
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
