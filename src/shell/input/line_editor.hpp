// SPDX-License-Identifier: MIT
// The line that is being typed: a state machine over bytes that knows no terminal but an Output.
//
//     byte --> KeyDecoder --> key --> handle() --> text_, cursor_ --> LineDisplay --> terminal
//                              |
//                              +--> Enter: Event::line, and line() is what was typed
//
// Invariants: `text_` holds `size_` bytes of valid UTF-8 without control characters, since only
// whole characters are inserted and erased. `cursor_` stands between two characters, at `size_` at
// most. `recalled_` is at most the history's size.
//
// A line that is too long, or that lost a byte on its way, is refused as a whole when it ends. Half
// a command could free the wrong block. What does not fit is counted, so that Backspace can take it
// away again: the line is always what an endless one would be, or refused.
//
// Cost: a key moves the bytes behind the cursor, at most 1,024 of them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lib/text.hpp"
#include "shell/input/history.hpp"
#include "shell/input/history_search.hpp"
#include "shell/input/keys.hpp"
#include "shell/input/line_display.hpp"
#include "shell/platform/limits.hpp"
#include "shell/platform/terminal.hpp"
#include "shell/platform/visitor.hpp"

namespace heap44::shell {

/// Offers what a word could be completed to.
class Completer {
public:
    /// Calls `visitor` with each candidate for the last word of `text`; answers where in `text`
    /// that word begins.
    virtual std::size_t complete(std::string_view text, Visitor<std::string_view>& visitor) = 0;

protected:
    ~Completer() = default;
};

/// It allocates nothing and waits for nothing: its memory is its own, and `feed` returns at once.
class LineEditor {
public:
    enum class Event : std::uint8_t {
        none,
        line,         ///< `line()` is complete
        too_long,     ///< a line ended that had more than 1,024 bytes; nothing of it is kept
        damaged,      ///< a line ended that had lost a byte
        interrupted,  ///< Ctrl-C: the line is abandoned
        position,     ///< the terminal says where its cursor is: `keys()` knows
    };

    LineEditor(Output& terminal, History& history, Completer& completer)
        : display_(terminal), history_(history), completer_(completer), search_(history) {}

    /// Shows the prompt and starts an empty line.
    void start();
    Event feed(InputByte byte);
    /// What has been typed so far. Valid after Event::line until the next call of `start`.
    [[nodiscard]] std::string_view line() const { return {text_.data(), size_}; }

    void set_echo(bool on) { display_.set_echo(on); }
    void set_ansi(bool on) { display_.set_ansi(on); }
    /// The rows above it on the screen are not the editor's.
    void set_first_row(std::size_t row) { display_.set_first_row(row); }
    [[nodiscard]] const KeyDecoder& keys() const { return keys_; }

private:
    Event finish();
    // `handle` does what the key asks for. The others come first while more was typed than fits,
    // and while a search is on.
    void handle(Key key, std::string_view character);
    void handle_excess(Key key, std::string_view character);
    bool handle_search(Key key, std::string_view character);

    void insert(std::string_view text);
    void erase(std::size_t from, std::size_t to);
    void replace(std::string_view text);
    // Positions are byte offsets into the text; `before` and `after` step over whole characters.
    void move_to(std::size_t position);
    [[nodiscard]] std::size_t before(std::size_t position) const;
    [[nodiscard]] std::size_t after(std::size_t position) const;
    [[nodiscard]] std::size_t word_start() const;

    void recall(bool older);
    void take_found();
    void complete();
    void list_candidates(std::string_view text);
    void clear_screen();
    void show_anew();

    LineDisplay display_;
    History& history_;
    Completer& completer_;
    KeyDecoder keys_;

    std::array<char, max_line> text_{};
    std::size_t size_ = 0;
    std::size_t cursor_ = 0;
    // Characters that were typed in front of the cursor and did not fit: nothing else is known of
    // them.
    std::size_t excess_ = 0;
    // The line can only be refused.
    bool damaged_ = false;
    // How far back in the history the line is; 0 is the line of one's own, kept in `own_`.
    std::size_t recalled_ = 0;
    FixedText<max_line> own_;
    // The last key was a Tab that had several candidates. A second one lists them.
    bool listed_ = false;

    // While a search is on, the row shows what it finds; the line stays as it is until one is
    // taken.
    bool searching_ = false;
    HistorySearch search_;
};

}  // namespace heap44::shell
