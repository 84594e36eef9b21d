// SPDX-License-Identifier: MIT
// A text line by line: the source of a bug, whose lines both renderers show.
#pragma once

#include <string_view>

namespace heap44::shell {

/// Calls `visit(line)` for each line of `text`, whose last may end without a line end.
void for_each_line(std::string_view text, auto&& visit) {
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        visit(line);
        text.remove_prefix(line.size() < text.size() ? line.size() + 1 : line.size());
    }
}

}  // namespace heap44::shell
