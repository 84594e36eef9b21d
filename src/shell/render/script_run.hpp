// SPDX-License-Identifier: MIT
// A script of commands as it runs: both renderers show the same course of events.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "shell/command.hpp"
#include "shell/executor.hpp"
#include "shell/utf8.hpp"

namespace heap44::shell {

/// What came of a Script.
struct ScriptRun {
    std::uint64_t lines = 0;
    std::uint64_t failed = 0;
    bool interrupted = false;
};

/// Whether the editor would have taken each byte of it: what a terminal cannot send, a file may.
[[nodiscard]] inline bool is_text(std::string_view line) {
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
[[nodiscard]] inline std::optional<Error> refuse_line(std::string_view line) {
    if (line.size() > max_line) {
        return refusal(ErrorCode::line_too_long, "the line has more than 1,024 bytes");
    }
    if (!is_text(line)) {
        return refusal(ErrorCode::line_damaged, "the line holds bytes that are no text");
    }
    if (!quotes_are_closed(line)) {
        return refusal(ErrorCode::bad_argument, "a quote \" is not closed");
    }
    return std::nullopt;
}

/// Runs a script line by line, all of it, whatever fails; only Ctrl-C ends it early.
/// `begin(number)`, `show(Answer)` and `end()` are called for each line that holds commands.
ScriptRun run_script(std::string_view text, Context& context, Executor& executor, auto&& begin,
                     auto&& show, auto&& end) {
    struct Shower final : Visitor<Answer> {
        Shower(ScriptRun& run, decltype(show)& function) : result(run), function_(function) {}
        bool visit(const Answer& answer) override {
            if (!is_ok(answer.reply)) ++result.failed;
            result.interrupted = was_interrupted(answer.reply);
            function_(answer);
            return !result.interrupted;
        }
        ScriptRun& result;

    private:
        decltype(show)& function_;
    };
    ScriptRun result;
    Shower shower(result, show);
    for (std::uint64_t number = 1; !text.empty() && !result.interrupted; ++number) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (context.platform.interrupt_requested()) {
            context.platform.interrupt_served();
            result.interrupted = true;
            break;
        }
        const auto refused = refuse_line(line);
        if (!refused && split_command(line).text.empty() && split_command(line).rest.empty()) {
            continue;
        }
        ++result.lines;
        begin(number);
        if (refused) {
            const Reply reply = *refused;
            shower.visit({.command = {}, .reply = reply});
        } else {
            executor.run(line, shower);
        }
        end();
    }
    return result;
}

}  // namespace heap44::shell
