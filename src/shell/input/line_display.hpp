// SPDX-License-Identifier: MIT
// The row on the terminal where the line is typed: it is changed with as little as possible.
//
//     heap44> alloc 64 name=buffer
//             ^       ^           ^
//             0       cursor_     columns_
//
// The editor says what the row shall show, and how much of it stands there already. From that the
// display makes the fewest bytes: usually one, the character that was typed. That matters at 115200
// baud, and it lets scripts on the other side read the echo as plain text.
#pragma once

#include <cstddef>
#include <string_view>

#include "lib/text.hpp"

namespace heap44::shell {

/// What stands behind the prompt. Backspaces and printable characters do for any terminal; one that
/// can redraw (`ansi`) shows a line that is too long for its row through a window.
class LineDisplay {
public:
    static constexpr std::string_view prompt = "heap44> ";

    explicit LineDisplay(Output& terminal) : terminal_(terminal) {}

    /// Off: nothing is written, neither prompt nor echo.
    void set_echo(bool on) { echo_ = on; }
    void set_ansi(bool on) { ansi_ = on; }
    /// Clearing the screen leaves the rows above this one, counted from 1.
    void set_first_row(std::size_t row) { first_row_ = row; }

    void say(std::string_view text) {
        if (echo_) terminal_.write(text);
    }
    void bell() { say("\a"); }
    /// The prompt, at the start of a row, with nothing behind it.
    /// The three functions below are all that ever moves the cursor. They keep `columns_` and
    /// `cursor_` in step with what stands on the screen; nothing is ever read back from the
    /// terminal.
    void start();
    void clear_screen();
    /// Makes what stands behind the prompt `text`, with the cursor at byte `cursor`. Its first
    /// `unchanged` bytes stand there already.
    void show(std::string_view text, std::size_t cursor, std::size_t unchanged);
    /// As `show` where `text` only grew at its end by `added`, and the cursor is there: the usual
    /// case, kept quick for what is pasted.
    void append(std::string_view text, std::string_view added);

private:
    void show_in_window(std::string_view text, std::size_t cursor);
    // Writes the text from this column on; the cursor must stand there.
    void write_from(std::string_view text, std::size_t column);
    void backspaces(std::size_t count);
    void spaces(std::size_t count);

    Output& terminal_;
    bool echo_ = true;
    bool ansi_ = false;
    // Columns of the text that stand on the row, and the column of the cursor in it, both behind
    // the prompt.
    std::size_t columns_ = 0;
    std::size_t cursor_ = 0;
    // Whether the row shows only a part of the text.
    bool windowed_ = false;
    std::size_t first_row_ = 1;
};

}  // namespace heap44::shell
