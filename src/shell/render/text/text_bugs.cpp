// SPDX-License-Identifier: MIT
// A bug committed on purpose, as text: its lines, then what was found.
//
// The source comes first, since the report speaks of its lines.

#include "mm/heap/history/trace.hpp"
#include "shell/render/report_text.hpp"
#include "shell/render/source_lines.hpp"
#include "shell/render/text/text_renderer.hpp"

namespace heap44::shell {

void TextRenderer::text(const Committed& committed) {
    for_each_line(committed.source, [&](std::string_view line) { print(out_, "  {}\n", line); });
    out_.write("\n");
    if (committed.report) {
        write_report(out_, *committed.report, view_.machine);
    } else {
        print(out_, "{}\n", committed.note);
    }
    if (committed.left.blocks > 0) {
        write_leftovers(out_, committed.left);
        print(out_, "; 'leaks' shows {}\n", committed.left.blocks == 1 ? "it" : "them");
    }
}

}  // namespace heap44::shell
