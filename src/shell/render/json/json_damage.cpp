// SPDX-License-Identifier: MIT
// What belongs to reports and errors, and repairs, as JSON.
//
// Their keys stand among those of the report or the error that they belong to.

#include "shell/render/json/json_renderer.hpp"

namespace heap44::shell {

/// The bytes in one string of hex digits, two for each, as `peek` and `poke` have them.
void JsonRenderer::dump(const mm::Dump& dump) {
    json_.object("memory", [&] {
        json_.member("address", dump.start);
        json_.text_in_pieces("bytes", [&](Output& output) {
            for (const std::byte byte : std::span(dump.bytes).first(dump.size)) {
                print(output, "{:02x}", std::to_integer<unsigned>(byte));
            }
        });
    });
}

void JsonRenderer::keys(const Repaired& repaired) {
    json_.member("problems", repaired.problems);
    json_.member("holes", repaired.done.holes);
    json_.member("repaired", repaired.done.holes + repaired.done.damages);
}

/// Only where memory was short: its keys stand beside those of the error.
void JsonRenderer::shortage(const std::optional<MemoryShortage>& shortage) {
    if (!shortage) return;
    json_.member("asked", shortage->asked);
    json_.member("largest", shortage->largest);
    json_.member("free", shortage->free);
    json_.member("fragmented", shortage->fragmented);
    json_.member("reason", mm::name(shortage->reason));
}

/// Only where there is one.
void JsonRenderer::other_block(const std::optional<OtherBlock>& other) {
    if (!other) return;
    json_.object("also", [&] {
        json_.text_or_null("code", other->code ? name(*other->code) : "");
        json_.object("block", [&] { block(other->block); });
        json_.member("offset", other->offset);
    });
}

/// Who allocated and freed the block, and in which commands. `freed_in` is null while it lives.
void JsonRenderer::history(const mm::Block& block) {
    code("allocated_by", block.caller);
    json_.member("allocated_in", block.allocated_in);
    code("freed_by", block.freed_by);
    if (block.is_live()) {
        json_.null("freed_in");
    } else {
        json_.member("freed_in", block.freed_in);
    }
}

}  // namespace heap44::shell
