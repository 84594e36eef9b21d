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
    if (options.complaint_count == options.complaints.size()) return;
    options.complaints[options.complaint_count++] =
        format_fixed<120>("option '{}' is ignored: {}", shown(option), why);
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

/// The next word, quotes included, which may hold spaces; empty at the end.
/// A quote may begin anywhere in a word, and spaces inside quotes belong to the word.
std::string_view next_word(std::string_view& rest) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
    std::size_t end = 0;
    for (bool quoted = false; end < rest.size(); ++end) {
        if (rest[end] == '"') quoted = !quoted;
        if (!quoted && std::string_view(" \t\r\n").contains(rest[end])) break;
    }
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(end);
    return word;
}

std::string_view without_quotes(std::string_view text) {
    if (text.starts_with('"')) text.remove_prefix(1);
    if (text.ends_with('"')) text.remove_suffix(1);
    return text;
}

}  // namespace

void parse_options(std::string_view command_line, Options& options) {
    for (;;) {
        // GRUB keeps the quotes of `heap44.run="…"` and of `"heap44.run=…"` alike.
        const std::string_view whole = next_word(command_line);
        if (whole.empty()) return;
        const std::string_view word = without_quotes(whole);
        if (!word.starts_with(prefix)) continue;
        // Without a `=` this is an empty name; then the complaint names the whole word.
        const std::size_t equals = word.find('=');
        const std::string_view name = word.substr(prefix.size(), equals - prefix.size());
        if (equals == std::string_view::npos) {
            complain(options, word, "it has no value");
        } else {
            set(options, word, name, without_quotes(word.substr(equals + 1)));
        }
    }
}

}  // namespace heap44::shell
