// SPDX-License-Identifier: MIT
// `repeat` and `time` as they run: both renderers show the same course of events.
#pragma once

#include <cstdint>
#include <optional>

#include "shell/command.hpp"
#include "shell/executor.hpp"

namespace heap44::shell {

/// What came of a Repeat.
struct Repetition {
    std::uint64_t runs = 0;
    std::uint64_t failed = 0;
    std::uint64_t nanoseconds = 0;
    bool interrupted = false;
};

/// Runs the repeated commands; `show(Answer)` is called for each answer as it comes. Ends early
/// where a command is stopped, or Ctrl-C asks for it.
Repetition run_repeat(const Repeat& repeat, Context& context, Executor& executor, auto&& show) {
    struct Shower final : Visitor<Answer> {
        Shower(Repetition& repetition, const Session& of, decltype(show)& function)
            : result(repetition), session(of), function_(function) {}
        bool visit(const Answer& answer) override {
            if (!is_ok(answer.reply)) ++result.failed;
            function_(answer);
            result.interrupted = session.interrupted;
            stopped = result.interrupted || std::holds_alternative<Stopped>(answer.reply);
            return !stopped;
        }
        Repetition& result;
        const Session& session;
        bool stopped = false;

    private:
        decltype(show)& function_;
    };
    Repetition result;
    Shower shower(result, context.session, show);
    const std::uint64_t start = context.platform.nanoseconds();
    while (result.runs < repeat.count && !shower.stopped) {
        if (context.platform.interrupt_requested()) {
            context.platform.interrupt_served();
            result.interrupted = context.session.interrupted = true;
            break;
        }
        ++result.runs;
        executor.run(repeat.text, shower);
    }
    result.nanoseconds = context.platform.nanoseconds() - start;
    return result;
}

}  // namespace heap44::shell
