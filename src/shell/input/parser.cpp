// SPDX-License-Identifier: MIT
#include "shell/input/parser.hpp"

#include <algorithm>

#include "shell/input/words.hpp"

namespace heap44::shell {

namespace {

constexpr bool is_space(char character) {
    return character == ' ' || character == '\t';
}

/// Follows a line character by character and knows where quotes and comments are.
/// All functions below look at a line through it, so that they agree about quotes and comments.
class Scanner {
public:
    explicit Scanner(std::string_view line) : line_(line) {}

    [[nodiscard]] bool at_end() const { return position_ >= line_.size() || at_comment(); }
    [[nodiscard]] std::size_t position() const { return position_; }
    [[nodiscard]] char current() const { return line_[position_]; }
    [[nodiscard]] bool in_quotes() const { return in_quotes_; }
    // Call it only where not `at_end()`.
    void advance() {
        if (current() == '"') in_quotes_ = !in_quotes_;
        ++position_;
    }

private:
    // `#` begins a comment before a space or at the line's end; `#3` is a block.
    [[nodiscard]] bool at_comment() const {
        if (in_quotes_ || current() != '#') return false;
        const bool starts_word =
            position_ == 0 || is_space(line_[position_ - 1]) || line_[position_ - 1] == ';';
        const bool ends_there = position_ + 1 == line_.size() || is_space(line_[position_ + 1]);
        return starts_word && ends_there;
    }

    std::string_view line_;
    std::size_t position_ = 0;
    bool in_quotes_ = false;
};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

}  // namespace

const std::string_view* Arguments::option(std::string_view key) const {
    const auto found = std::ranges::find(options(), key, &Option::key);
    return found == options().end() ? nullptr : &found->value;
}

bool Arguments::has_flag(std::string_view flag) const {
    return std::ranges::find(flags(), flag) != flags().end();
}

std::string_view Arguments::text_from(std::size_t index) const {
    if (index >= std::min(word_count_, leading_.size())) return {};
    const Word& first = leading_[index];
    // `repeat 3 "alloc 64; free #1"`: quotes hold several commands together, and are not part of
    // them.
    if (first.quoted && index + 1 == word_count_) return first.text;
    return without_json_flag(text_.substr(first.offset));
}

CommandText split_command(std::string_view line) {
    // The `;` itself belongs to neither side. What follows a comment is nothing.
    Scanner scanner(line);
    while (!scanner.at_end()) {
        if (scanner.current() == ';' && !scanner.in_quotes()) {
            return {trimmed(line.substr(0, scanner.position())),
                    line.substr(scanner.position() + 1)};
        }
        scanner.advance();
    }
    return {trimmed(line.substr(0, scanner.position())), {}};
}

bool quotes_are_closed(std::string_view line) {
    Scanner scanner(line);
    while (!scanner.at_end()) scanner.advance();
    return !scanner.in_quotes();
}

/// The flag has to be looked for before anything is parsed: it decides in which form errors of
/// parsing are told.
bool line_has_flag(std::string_view line, std::string_view flag) {
    const auto is_edge = [](char character) { return is_space(character) || character == ';'; };
    for (Scanner scanner(line); !scanner.at_end(); scanner.advance()) {
        const std::size_t start = scanner.position();
        const std::size_t end = start + flag.size();
        if (scanner.in_quotes() || line.substr(start, flag.size()) != flag) continue;
        const bool starts = start == 0 || is_edge(line[start - 1]);
        if (starts && (end == line.size() || is_edge(line[end]))) return true;
    }
    return false;
}

std::string_view without_json_flag(std::string_view text) {
    constexpr std::string_view flag = "--json";
    if (text == flag) return {};
    if (text.ends_with(" --json")) text.remove_suffix(flag.size() + 1);
    if (text.starts_with("--json ")) text.remove_prefix(flag.size() + 1);
    return text;
}

std::expected<void, ParseError> Parser::parse(std::string_view text, Arguments& arguments) {
    arguments.command_ = {};
    arguments.text_ = text;
    arguments.positional_count_ = arguments.options_count_ = arguments.flags_count_ = 0;
    arguments.word_count_ = 0;
    used_ = 0;
    // One round for each word, and one for each space in front of it.
    for (Scanner scanner(text); !scanner.at_end();) {
        if (is_space(scanner.current())) {
            scanner.advance();
            continue;
        }
        const std::size_t start = scanner.position();
        const std::size_t kept = used_;
        std::size_t bare_size = 0;
        bool quoted = false;
        while (!scanner.at_end() && (scanner.in_quotes() || !is_space(scanner.current()))) {
            const char character = scanner.current();
            if (character == '"') {
                quoted = true;
            } else {
                // A command is no longer than a line, so its words fit into `unquoted_` without
                // their quotes.
                unquoted_[used_++] = character;
                if (!quoted) ++bare_size;
            }
            scanner.advance();
        }
        if (scanner.in_quotes()) {
            return std::unexpected(ParseError("a quote \" is not closed"));
        }
        const Word word{{unquoted_.data() + kept, used_ - kept}, start, quoted};
        if (const auto added = add(arguments, word, bare_size); !added) return added;
    }
    return {};
}

// `bare_size`: how much of the word stands in front of its first quote. Only there a `=` makes an
// option, behind a name, and `--` a flag, in front of one. `+10,=5` and `--5` are words like any
// other: the command says what is wrong with them.
std::expected<void, ParseError> Parser::add(Arguments& arguments, Word word,
                                            std::size_t bare_size) {
    const std::string_view bare = word.text.substr(0, bare_size);
    const std::size_t equals = bare.find('=');
    const auto no_room = [&] {
        return std::unexpected(format_fixed<160>("too many arguments at '{}'", word.text));
    };
    const bool is_flag = bare.starts_with("--") && is_name(bare.substr(2, 1));
    // Flags in front of the command and `--json` anywhere are not counted as words: `text_from`
    // must not take them for a part of the inner command.
    const bool before_command = is_flag && arguments.command_.empty();
    if (!before_command && bare != "--json" &&
        arguments.word_count_++ < arguments.leading_.size()) {
        arguments.leading_[arguments.word_count_ - 1] = word;
    }
    if (is_flag) {
        if (arguments.flags_count_ == max_options) return no_room();
        arguments.flags_[arguments.flags_count_++] = word.text;
    } else if (arguments.command_.empty()) {
        arguments.command_ = word.text;
    } else if (equals != std::string_view::npos && is_name(bare.substr(0, equals))) {
        if (arguments.options_count_ == max_options) return no_room();
        arguments.options_[arguments.options_count_++] = {bare.substr(0, equals),
                                                          word.text.substr(equals + 1)};
    } else {
        if (arguments.positional_count_ == max_words) return no_room();
        arguments.positional_[arguments.positional_count_++] = word;
    }
    return {};
}

}  // namespace heap44::shell
