// SPDX-License-Identifier: MIT
// The lines typed so far, the oldest forgotten first.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "lib/text.hpp"
#include "shell/platform/limits.hpp"

namespace heap44::shell {

/// A ring of `history_lines` lines, each in a place of its own: a new line overwrites the oldest
/// one. `added_` only grows, so it is at once the number of the newest line and the place of the
/// next.
class History {
public:
    /// Remembers a line, unless it is blank or the same as the one before.
    /// A line that only holds spaces is not worth a place, and neither is the same command again.
    void add(std::string_view line) {
        if (line.find_first_not_of(" \t") == std::string_view::npos) return;
        if (size() > 0 && recent(0) == line) return;
        auto& slot = lines_[added_++ % history_lines];
        slot.clear();
        slot.write(line);
    }

    [[nodiscard]] std::size_t size() const {
        return added_ < history_lines ? added_ : history_lines;
    }
    /// How many lines were ever added: the number of the newest.
    [[nodiscard]] std::size_t newest_number() const { return added_; }
    /// The line typed `back` lines ago, 0 for the newest; `back < size()`.
    [[nodiscard]] std::string_view recent(std::size_t back) const {
        return lines_[(added_ - 1 - back) % history_lines].view();
    }

private:
    std::array<FixedText<max_line>, history_lines> lines_;
    std::size_t added_ = 0;
};

}  // namespace heap44::shell
