// SPDX-License-Identifier: MIT
// What is a word: of a text with single spaces between them, and what may be a name.
#pragma once

#include <algorithm>
#include <ranges>
#include <string_view>

namespace heap44::shell {

/// `words_of("on off")` is the range "on", "off"; an empty text is one empty word.
inline auto words_of(std::string_view text) {
    return std::views::split(text, ' ') |
           std::views::transform([](auto word) { return std::string_view(word); });
}

/// Letters, digits, _ and -, a letter or _ first.
[[nodiscard]] constexpr bool is_name(std::string_view word) {
    const auto is_letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    return !word.empty() && is_letter(word.front()) && std::ranges::all_of(word, [&](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
    });
}

}  // namespace heap44::shell
