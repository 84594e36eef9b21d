// SPDX-License-Identifier: MIT
// From a line to commands: quotes, `;`, comments, `key=value`, `--flag`.
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

    [[nodiscard]] std::string_view command() const { return command_; }
    [[nodiscard]] std::span<const Word> positional() const {
        return {positional_.data(), positional_count_};
    }
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

/// The text without a `--json` at either end, which speaks of the line and not of its text.
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
