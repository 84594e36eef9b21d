// SPDX-License-Identifier: MIT
#include "shell/input/line_display.hpp"

#include <algorithm>

#include "shell/input/utf8.hpp"

namespace heap44::shell {

namespace {

/// Columns behind the prompt on a terminal of 80; the last stays free for the cursor, since a
/// terminal may wrap to the next row once the last column is filled.
constexpr std::size_t window_columns = 79 - LineDisplay::prompt.size();

}  // namespace

void LineDisplay::start() {
    columns_ = cursor_ = 0;
    windowed_ = false;
    say(prompt);
}

// Under a pinned map only the rows below it are cleared (CUP, then ED; ECMA-48), else all of them.
void LineDisplay::clear_screen() {
    if (!ansi_) {
        say("\n");
    } else if (first_row_ == 1) {
        say("\x1b[2J\x1b[H");
    } else {
        say(format_fixed<32>("\x1b[{};1H\x1b[J", first_row_).view());
    }
    start();
}

// Text at the end needs no cursor movement at all: it is sent as it is.
void LineDisplay::append(std::string_view text, std::string_view added) {
    const std::size_t more = columns(added);
    if (!echo_) return;
    if (windowed_ || (ansi_ && columns_ + more > window_columns)) {
        return show_in_window(text, text.size());
    }
    say(added);
    cursor_ = columns_ += more;
}

void LineDisplay::show(std::string_view text, std::size_t cursor, std::size_t unchanged) {
    if (!echo_) return;
    // Without `ansi` a long line simply wraps, as on a typewriter; backspaces then stay on the last
    // row.
    const std::size_t total = columns(text);
    if (ansi_ && (windowed_ || total > window_columns)) return show_in_window(text, cursor);
    const std::size_t from = columns(text.substr(0, unchanged));
    if (unchanged < text.size() || total < columns_) {
        // To the first column that differs, then all that follows, then blanks over what was more.
        if (from < cursor_) backspaces(cursor_ - from);
        write_from(text, std::min(from, cursor_));
        const std::size_t leftover = columns_ > total ? columns_ - total : 0;
        spaces(leftover);
        backspaces(leftover);
        cursor_ = total;
    }
    const std::size_t wanted = columns(text.substr(0, cursor));
    if (wanted < cursor_) {
        backspaces(cursor_ - wanted);
    } else {
        // To the right the cursor goes by writing the characters again that stand there: every
        // terminal can.
        write_from(text.substr(0, cursor), cursor_);
    }
    columns_ = total;
    cursor_ = wanted;
}

/// Shows the part of a long line around the cursor, on one row.
void LineDisplay::show_in_window(std::string_view text, std::size_t cursor) {
    // `first` is the leftmost column that is shown: as small as possible with the cursor still in
    // sight.
    const std::size_t at = columns(text.substr(0, cursor));
    const std::size_t first = at < window_columns ? 0 : at - window_columns + 1;
    const std::string_view rest = text.substr(byte_of_column(text, first));
    // Return, prompt, the part, erase to the end of the row (EL); then from the left to the cursor
    // (CUF).
    print(terminal_, "\r{}{}\x1b[K\r\x1b[{}C", prompt,
          rest.substr(0, byte_of_column(rest, window_columns)), prompt.size() + at - first);
    windowed_ = columns(text) > window_columns;
    columns_ = std::min(columns(text), window_columns);
    cursor_ = at - first;
}

void LineDisplay::write_from(std::string_view text, std::size_t column) {
    say(text.substr(byte_of_column(text, column)));
}

void LineDisplay::backspaces(std::size_t count) {
    while (count-- > 0) say("\b");
}

void LineDisplay::spaces(std::size_t count) {
    while (count-- > 0) say(" ");
}

}  // namespace heap44::shell
