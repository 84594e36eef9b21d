// SPDX-License-Identifier: MIT
// A script of commands: the file that the boot loader brought along.
//
// A line of the file is treated like a line that was typed: it may hold several commands and
// comments, and is refused whole for the same reasons. Only the editor is not there, so its checks
// are made here.

#include "shell/commands/script.hpp"

#include <algorithm>

#include "shell/answer/session.hpp"
#include "shell/answer/values.hpp"
#include "shell/input/utf8.hpp"
#include "shell/platform/visiting.hpp"

namespace heap44::shell::commands {

namespace {

/// Whether the editor would have taken each byte of it: what a terminal cannot send, a file may.
/// A tab may stand between two characters, as a space; other control characters may not.
bool is_text(std::string_view line) {
    Utf8Decoder utf8;
    return std::ranges::all_of(line,
                               [&](char each) {
                                   const auto byte = static_cast<std::uint8_t>(each);
                                   if (byte == '\t') return !utf8.is_pending();
                                   if (byte < 0x20 || byte == 0x7f) return false;
                                   const auto result = utf8.feed(byte);
                                   return result == Utf8Decoder::Result::pending ||
                                          result == Utf8Decoder::Result::character;
                               }) &&
           !utf8.is_pending();
}

/// Why a line is refused whole, as it would be if it were typed.
std::optional<Error> refuse_line(std::string_view line) {
    if (line.size() > max_line) {
        return refusal(ErrorCode::line_too_long, "the line has more than 1,024 bytes");
    }
    if (!is_text(line)) {
        return refusal(ErrorCode::line_damaged, "the line holds bytes that are no text");
    }
    if (!quotes_are_closed(line)) {
        return bad_argument("a quote \" is not closed");
    }
    return std::nullopt;
}

/// A line that is blank, or only a comment, runs nothing and gets no answer.
bool is_blank(std::string_view line) {
    const CommandText first = split_command(line);
    return first.text.empty() && first.rest.empty();
}

}  // namespace

ScriptRun run_script(std::string_view text, Context& context) {
    ScriptRun result;
    // Only Ctrl-C and `poweroff` end the line that is under way.
    auto tally = visiting<Answer>([&](const Answer& answer) {
        if (!is_ok(answer.reply)) ++result.failed;
        return !context.session.is_over();
    });
    context.executor.begin(Course::script);
    for (std::uint64_t number = 1; !text.empty() && !context.session.is_over(); ++number) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        // Files from other systems end their lines with both.
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (interrupts(context)) break;
        const auto refused = refuse_line(line);
        if (!refused && is_blank(line)) continue;
        // Lines are counted that run something, and lines that are refused.
        ++result.lines;
        context.executor.tell(LineBegun{number});
        if (refused) {
            context.executor.refuse(*refused, tally);
        } else {
            context.executor.run(line, tally);
        }
        context.executor.tell(LineDone{});
    }
    result.interrupted = context.session.interrupted;
    return result;
}

}  // namespace heap44::shell::commands
