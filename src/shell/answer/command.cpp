// SPDX-License-Identifier: MIT
#include "shell/answer/command.hpp"

#include <algorithm>
#include <array>

#include "shell/answer/values.hpp"
#include "shell/input/utf8.hpp"
#include "shell/input/words.hpp"

namespace heap44::shell {

namespace {

/// How many characters must be changed, added or removed to make one word of the other
/// (Levenshtein 1966); words longer than the names of commands count as far away.
std::size_t distance(std::string_view left, std::string_view right) {
    constexpr std::size_t longest = 24;
    if (left.size() > longest || right.size() > longest) return longest;
    // Only one row of the table of distances is kept: `row[column]` is the distance between what
    // has been read of `left` and the first `column` characters of `right`.
    std::array<std::size_t, longest + 1> row{};
    for (std::size_t column = 0; column <= right.size(); ++column) row[column] = column;
    for (std::size_t line = 1; line <= left.size(); ++line) {
        std::size_t diagonal = row[0];
        row[0] = line;
        for (std::size_t column = 1; column <= right.size(); ++column) {
            // The three ways to get there: replace (or keep) a character, leave one out, put one
            // in.
            const std::size_t replaced = diagonal + (left[line - 1] == right[column - 1] ? 0 : 1);
            diagonal = row[column];
            row[column] = std::min({replaced, row[column] + 1, row[column - 1] + 1});
        }
    }
    return row[right.size()];
}

/// Whether the command offers this word, with `ending` behind it (`=` for an option).
bool takes(const Command& command, std::string_view word, std::string_view ending) {
    return std::ranges::any_of(words_of(command.words), [&](std::string_view offered) {
        return offered.size() == word.size() + ending.size() && offered.starts_with(word) &&
               offered.ends_with(ending);
    });
}

std::unexpected<Error> refuse(const Command& command, std::string_view problem,
                              std::string_view word) {
    return std::unexpected(bad_argument("{} '{}'; usage: {}", problem, shown(word), command.usage));
}

}  // namespace

std::string_view name(Group group) {
    constexpr std::array<std::string_view, 9> names{"allocate", "look",    "C++ on the heap",
                                                    "memory",   "design",  "trouble",
                                                    "time",     "session", "machine"};
    return names[static_cast<std::size_t>(group)];
}

const Command* find_command(std::string_view name) {
    const auto found = std::ranges::find(all_commands(), name, &Command::name);
    return found == all_commands().end() ? nullptr : &*found;
}

FixedText<80> example_of(const Command& command, const VirtAddr start) {
    return format_fixed<80>(command.example, start.value);
}

std::expected<void, Error> check_arguments(const Command& command, const Arguments& arguments) {
    const bool takes_anything = command.words == "*";
    for (const auto& [key, value] : arguments.options()) {
        // Of such a command the rest is text: another command, or what `echo` says.
        if (takes_anything) break;
        if (!takes(command, key, "=")) return refuse(command, "unknown option", key);
        if (value.empty()) return refuse(command, "no value for option", key);
        if (std::ranges::count(arguments.options(), key, &Arguments::Option::key) > 1) {
            return refuse(command, "more than one value for option", key);
        }
    }
    for (const std::string_view flag : arguments.flags()) {
        if (!takes_anything && flag != "--json" && !takes(command, flag, "")) {
            return refuse(command, "unknown option", flag);
        }
    }
    if (arguments.size() < command.min_words) {
        return std::unexpected(bad_argument("something is missing; usage: {}", command.usage));
    }
    if (arguments.size() > command.max_words) {
        return refuse(command, "one argument too many:", arguments[command.max_words]);
    }
    return {};
}

bool changes(const Command& command, const Arguments& arguments) {
    // `poison` alone asks, `poison off` changes something.
    const bool is_told = arguments.size() > 0 || !arguments.options().empty();
    return command.effect == Effect::changes || (command.effect == Effect::sets && is_told);
}

Error unknown_command(std::string_view name) {
    const auto nearest = std::ranges::min_element(
        all_commands(), {}, [&](const Command& command) { return distance(name, command.name); });
    Error error = refusal(ErrorCode::unknown_command, "there is no command '{}'", shown(name));
    // A third of the letters may be wrong, or one: more, and the guess would surprise.
    if (distance(name, nearest->name) <= std::max<std::size_t>(1, (name.size() + 1) / 3)) {
        error.hint = format_fixed<80>("did you mean '{}'?", nearest->name);
    } else {
        error.hint = FixedText<80>("'help' lists the commands");
    }
    return error;
}

}  // namespace heap44::shell
