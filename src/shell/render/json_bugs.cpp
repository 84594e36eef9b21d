// SPDX-License-Identifier: MIT
// A bug committed on purpose, as JSON.
#include "shell/render/json_renderer.hpp"
#include "shell/render/source_lines.hpp"

namespace heap44::shell {

void JsonRenderer::keys(const Committed& committed) {
    json_.array("source", [&] {
        for_each_line(committed.source, [&](std::string_view line) { json_.element(line); });
    });
    if (committed.report) {
        json_.object("report", [&] { report(*committed.report); });
    } else {
        json_.null("report");
        json_.member("note", committed.note);
    }
    json_.member("blocks_left", committed.blocks_left);
    json_.member("bytes_left", committed.bytes_left);
}

}  // namespace heap44::shell
