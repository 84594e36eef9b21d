// SPDX-License-Identifier: MIT
// What `where`, `watch`, `lastfault` and `backtrace` answer, as JSON.
#include "shell/code_text.hpp"
#include "shell/render/json_renderer.hpp"

namespace heap44::shell {

void JsonRenderer::keys(const Place& place) {
    json_.member("address", place.address);
    json_.member("kind", place.kind);
    json_.member("text", place.text.view());
    if (place.block) {
        json_.object("block", [&] { block(*place.block); });
        json_.member("offset", place.offset);
    } else {
        json_.null("block");
        json_.null("offset");
    }
    if (place.hole) {
        json_.object("hole", [&] {
            json_.member("address", place.hole->address);
            json_.member("size", place.hole->size);
        });
    } else {
        json_.null("hole");
    }
    if (place.region) {
        json_.member("region", place.region->kind);
    } else {
        json_.null("region");
    }
    if (place.code) {
        json_.member("code",
                     code_text(context_.platform, *place.code, CodeUse::instruction).view());
    } else {
        json_.null("code");
    }
    json_.member("physical", place.physical);
}

void JsonRenderer::keys(const LastReport& last) {
    if (last.report) {
        json_.object("report", [&] { report(*last.report); });
    } else {
        json_.null("report");
    }
}

void JsonRenderer::keys(const Backtrace& trace) {
    json_.array("backtrace", [&] {
        for (std::size_t index = 0; index < trace.depth; ++index) {
            json_.element(code_text(context_.platform, trace.code[index]).view());
        }
    });
}

void JsonRenderer::keys(const Watches&) {
    json_.array("watches", [&] {
        for (const Watch& watch : context_.platform.watches()) {
            json_.object([&] {
                json_.member("address", watch.address);
                json_.member("size", watch.size);
            });
        }
    });
}

}  // namespace heap44::shell
