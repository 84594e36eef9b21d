// SPDX-License-Identifier: MIT
#include "shell/answer/options.hpp"

#include <algorithm>

#include "lib/align.hpp"
#include "mm/heap/design_family.hpp"
#include "shell/answer/values.hpp"
#include "shell/input/utf8.hpp"

namespace heap44::shell {

namespace {

// GRUB's own options stand on the same line; only those with our name in front are ours.
constexpr std::string_view prefix = "heap44.";

void complain(Options& options, std::string_view option, std::string_view why) {
    options.complain(format_fixed<120>("option '{}' is ignored: {}", shown(option), why).view());
}

bool set_size(Options& options, std::string_view value) {
    const auto size = parse_size("size", value);
    if (!size || *size < smallest_heap || *size > largest_heap) return false;
    // The heap is mapped page by page, so a part of a page would only be wasted.
    options.heap_size = align_up(*size, page_size);
    return true;
}

bool set_switch(bool& setting, std::string_view value) {
    const auto on = parse_switch(value);
    if (on) setting = *on;
    return on.has_value();
}

bool set_panic(Options& options, std::string_view value) {
    if (value == "recover") {
        options.panic = PanicMode::recover;
    } else if (value == "halt") {
        options.panic = PanicMode::halt;
    } else if (value == "exit") {
        options.panic = PanicMode::exit;
    } else {
        return false;
    }
    return true;
}

/// Sets one option, or complains. The parts are views into the command line.
void set(Options& options, std::string_view option, std::string_view name, std::string_view value) {
    if (name == "allocator") {
        const auto names = mm::design_names();
        if (std::ranges::find(names, value) == names.end()) {
            return complain(options, option, "there is no such design");
        }
        options.allocator = FixedText<32>(value);
    } else if (name == "size") {
        if (!set_size(options, value)) complain(options, option, "not a size from 4K to 16M");
    } else if (name == "ansi" || name == "json") {
        bool& setting = name == "ansi" ? options.ansi : options.json;
        if (!set_switch(setting, value)) complain(options, option, "neither on nor off");
    } else if (name == "panic") {
        if (!set_panic(options, value)) complain(options, option, "not recover, halt or exit");
    } else if (name == "run") {
        if (value.size() > max_line) return complain(options, option, "longer than a line");
        options.run = FixedText<max_line>(value);
    } else {
        complain(options, option, "there is no such option");
    }
}

constexpr std::string_view blanks = " \t\r\n";

struct Unquoted {
    FixedText<longest_command_line> text;
    bool is_closed = true;
};

/// Takes the next word off the line, which begins with it.
Unquoted take_word(std::string_view& line) {
    constexpr std::string_view escaped = "\"'\\";
    Unquoted word;
    std::size_t at = 0;
    for (; at < line.size() && !(word.is_closed && blanks.contains(line[at])); ++at) {
        if (line[at] == '"') {
            word.is_closed = !word.is_closed;
            continue;
        }
        const bool escapes = line[at] == '\\' && at + 1 < line.size();
        if (escapes && escaped.contains(line[at + 1])) ++at;
        word.text.write(line.substr(at, 1));
    }
    line.remove_prefix(at);
    return word;
}

/// A word without our name in front is somebody else's.
void set(Options& options, std::string_view word) {
    if (!word.starts_with(prefix)) return;
    // Without a `=` this is an empty name; then the complaint names the whole word.
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) return complain(options, word, "it has no value");
    set(options, word, word.substr(prefix.size(), equals - prefix.size()), word.substr(equals + 1));
}

}  // namespace

void Options::complain(std::string_view line) {
    if (complaint_count < complaints.size()) complaints[complaint_count++] = FixedText<120>(line);
}

void parse_options(std::string_view command_line, Options& options) {
    for (;;) {
        command_line.remove_prefix(
            std::min(command_line.find_first_not_of(blanks), command_line.size()));
        if (command_line.empty()) return;
        const Unquoted word = take_word(command_line);
        // Whoever's word it is: what follows may have been ours.
        if (!word.is_closed) return complain(options, word.text.view(), "its quote is not closed");
        set(options, word.text.view());
    }
}

void parse_argument(std::string_view word, Options& options) {
    const std::string_view value = word.substr(word.find('=') + 1);
    const bool is_quoted = word.starts_with('"') || value.starts_with('"');
    return is_quoted ? parse_options(word, options) : set(options, word);
}

}  // namespace heap44::shell
