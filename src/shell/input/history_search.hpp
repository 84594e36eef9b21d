// SPDX-License-Identifier: MIT
// Ctrl-R: the newest line of the history that holds a pattern, and older ones.
//
//     keys                     "al"        Ctrl-R      "x"
//     pattern       al         al          alx
//     found         alloc 128  alloc 64    alloc 64, and has_failed()
//
// As in readline, a search that finds nothing more keeps the line that was found last, and says
// that it has failed.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "lib/text.hpp"
#include "shell/input/history.hpp"
#include "shell/input/utf8.hpp"

namespace heap44::shell {

/// It looks only: the line that is being typed is the editor's. The functions that go on with the
/// search answer whether they found a line; else there is reason for a bell.
class HistorySearch {
public:
    /// Bytes of a pattern; more are refused.
    static constexpr std::size_t max_pattern = 64;

    explicit HistorySearch(const History& history) : history_(history) {}

    /// Begins with an empty pattern, for which nothing is found.
    void start() {
        pattern_.clear();
        found_.reset();
        has_failed_ = false;
    }
    /// Adds a character. The line found so far is kept if it holds the longer pattern, too.
    bool extend(std::string_view character) {
        if (pattern_.view().size() + character.size() > max_pattern) return false;
        pattern_.write(character);
        return search_from(found_.value_or(0));
    }
    /// Takes the last character away, and looks from the newest line on. An empty pattern finds
    /// nothing.
    bool shorten() {
        const std::string_view longer = pattern_.view();
        const std::size_t count = columns(longer);
        if (count == 0) return false;
        const FixedText<max_pattern> shorter(longer.substr(0, byte_of_column(longer, count - 1)));
        start();
        pattern_ = shorter;
        return count == 1 || search_from(0);
    }
    /// Looks for an older line.
    bool search_older() { return search_from(found_ ? *found_ + 1 : 0); }

    [[nodiscard]] std::string_view pattern() const { return pattern_.view(); }
    [[nodiscard]] bool has_failed() const { return has_failed_; }
    /// The line found last.
    [[nodiscard]] std::optional<std::string_view> found() const {
        if (!found_) return std::nullopt;
        return history_.recent(*found_);
    }

private:
    bool search_from(std::size_t back) {
        while (back < history_.size() && !history_.recent(back).contains(pattern())) ++back;
        has_failed_ = back == history_.size();
        if (!has_failed_) found_ = back;
        return !has_failed_;
    }

    const History& history_;
    FixedText<max_pattern> pattern_;
    // How many lines back.
    std::optional<std::size_t> found_;
    bool has_failed_ = false;
};

}  // namespace heap44::shell
