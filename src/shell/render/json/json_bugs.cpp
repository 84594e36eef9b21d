// SPDX-License-Identifier: MIT
// A bug committed on purpose, as JSON.
#include "shell/render/json/json_renderer.hpp"
#include "shell/render/source_lines.hpp"

namespace heap44::shell {

void JsonRenderer::keys(const Committed& committed) {
    json_.array("source", [&] {
        for_each_line(committed.source, [&](std::string_view line) { json_.element(line); });
    });
    json_.object_or_null(committed.report.has_value(), "report",
                         [&] { report(*committed.report); });
    if (!committed.report) json_.member("note", committed.note);
    json_.member("blocks_left", committed.left.blocks);
    json_.member("bytes_left", committed.left.bytes);
}

}  // namespace heap44::shell
