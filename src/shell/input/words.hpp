// SPDX-License-Identifier: MIT
// A text of words separated by single spaces, seen as a range.
#pragma once

#include <ranges>
#include <string_view>

namespace heap44::shell {

/// `words_of("on off")` is the range "on", "off"; an empty text is one empty word.
inline auto words_of(std::string_view text) {
    return std::views::split(text, ' ') |
           std::views::transform([](auto word) { return std::string_view(word); });
}

}  // namespace heap44::shell
