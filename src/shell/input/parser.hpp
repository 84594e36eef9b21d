// SPDX-License-Identifier: MIT
// From a line to commands: quotes, `;`, comments, `key=value`, `--flag`.
//
//     alloc 64 align=16 --json ; free "#1"   # and gone again
//     |     |  |        |      | |    |      |
//     |     |  option   flag   | |    |      comment, to the end of the line
//     |     word               | |    quoted word
//     command                  | next command
//                              separator
//
// In quotes nothing has a meaning but the closing quote; there is no escape character, so a quote
// cannot be quoted. Quotes may begin in the middle of a word. `#` begins a comment only as a word
// of its own, because `#3` is a block.
//
// A line is cut into commands first (`split_command`); the parser then sorts one command's words.
// What the words mean is not its business: the row of the table and the command check them.
//
// Cost: a line is read a few times from left to right. Nothing is allocated: words without their
// quotes are copied into the parser, and there is room for a whole line.
#pragma once

#include <array>
#include <cstddef>
#include <expected>
#include <span>
#include <string_view>

#include "lib/text.hpp"
#include "shell/platform/limits.hpp"

namespace heap44::shell {

/// One word of a command. `text` has its quotes removed; `offset` is where the word starts in the
/// command's own text.
struct Word {
    std::string_view text;
    std::size_t offset;
    bool quoted;
};

/// The words of one command, sorted into positional words, options (`key=value`) and flags
/// (`--name`). Views into the line and into the parser's memory.
class Arguments {
public:
    struct Option {
        std::string_view key;
        std::string_view value;
    };

    /// The first word that is no flag; empty where there is none.
    [[nodiscard]] std::string_view command() const { return command_; }
    /// The words behind it that are neither options nor flags, in the order in which they were
    /// typed.
    [[nodiscard]] std::span<const Word> positional() const {
        return {positional_.data(), positional_count_};
    }
    /// The positional word at `index`, from 0; empty where there are not so many. Commands rely on
    /// `Command::min_words` and need not ask for the count.
    [[nodiscard]] std::string_view operator[](std::size_t index) const {
        return index < positional_count_ ? positional_[index].text : std::string_view{};
    }
    [[nodiscard]] std::size_t size() const { return positional_count_; }
    [[nodiscard]] std::span<const Option> options() const {
        return {options_.data(), options_count_};
    }
    [[nodiscard]] std::span<const std::string_view> flags() const {
        return {flags_.data(), flags_count_};
    }
    /// The value of an option, or nothing where it was not given.
    [[nodiscard]] const std::string_view* option(std::string_view key) const;
    [[nodiscard]] bool has_flag(std::string_view flag) const;
    /// The command's text from its N-th word on (the command itself is word 0, options count; 0 to
    /// 2), as it was typed but for `--json`; for commands that take another command. A single
    /// quoted word gives what stands in the quotes.
    [[nodiscard]] std::string_view text_from(std::size_t index) const;

private:
    friend class Parser;

    std::string_view command_;
    // The command's text as it was typed, for commands that take another command.
    std::string_view text_;
    // The first words of all kinds, and how many there are.
    std::array<Word, 3> leading_;
    std::size_t word_count_ = 0;
    std::array<Word, max_words> positional_;
    std::size_t positional_count_ = 0;
    std::array<Option, max_options> options_;
    std::size_t options_count_ = 0;
    std::array<std::string_view, max_options> flags_;
    std::size_t flags_count_ = 0;
};

/// Why a line is no sequence of commands.
using ParseError = FixedText<160>;

/// The next command of a line, without the `;` behind it.
struct CommandText {
    std::string_view text;
    std::string_view rest;
};

/// Cuts the first command off `line`: up to a `;` outside quotes, or to a comment or the end.
[[nodiscard]] CommandText split_command(std::string_view line);

/// Whether every quote in the line is closed.
[[nodiscard]] bool quotes_are_closed(std::string_view line);

/// Whether the flag stands in the line as a word of its own, outside quotes and comments.
[[nodiscard]] bool line_has_flag(std::string_view line, std::string_view flag);

/// Takes `--json` off either end of the text. The flag says how the line is answered; it is no part
/// of what the line says.
[[nodiscard]] std::string_view without_json_flag(std::string_view text);

/// Sorts one command's words. Keeps what it unquotes, so it must outlive the Arguments it fills.
class Parser {
public:
    /// `text` is one command without comment. `arguments` is filled anew; a command of no words
    /// has an empty `command()`.
    [[nodiscard]] std::expected<void, ParseError> parse(std::string_view text,
                                                        Arguments& arguments);

private:
    [[nodiscard]] std::expected<void, ParseError> add(Arguments& arguments, Word word,
                                                      std::size_t bare_size);
    std::array<char, max_line> unquoted_;
    std::size_t used_ = 0;
};

}  // namespace heap44::shell
