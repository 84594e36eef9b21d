// SPDX-License-Identifier: MIT
// repeat, time: commands that run another one.
//
// The inner command runs through the Executor, so its answers are told as parts of this one, each
// as soon as it is known.

#include "shell/answer/session.hpp"
#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"
#include "shell/platform/machine.hpp"
#include "shell/platform/visiting.hpp"

namespace heap44::shell::commands {

namespace {

/// Runs the text up to `count` times. A command that fails is counted and does not end it (a full
/// heap is worth repeating); one that was stopped does. The time includes what it takes to tell the
/// answers.
Repeated run(std::uint64_t count, std::string_view text, bool timed, Context& context) {
    Repeated result{.count = count, .timed = timed};
    context.executor.begin(Course::repeat);
    bool is_over = false;
    auto tally = visiting<Answer>([&](const Answer& answer) {
        if (!is_ok(answer.reply)) ++result.failed;
        // A command that was stopped by a fault would be stopped by it again.
        is_over = context.session.is_over() || std::holds_alternative<Stopped>(answer.reply);
        return !is_over;
    });
    const std::uint64_t start = context.machine.nanoseconds();
    while (result.runs < count && !is_over) {
        // Also between two runs, for commands that never look at Ctrl-C themselves.
        if (interrupts(context)) break;
        ++result.runs;
        context.executor.run(text, tally);
    }
    result.nanoseconds = context.machine.nanoseconds() - start;
    result.interrupted = context.session.interrupted;
    return result;
}

}  // namespace

/// The text begins with word 2: `repeat` is word 0, the count word 1.
Reply repeat(Context& context, const Arguments& arguments) {
    const auto count = parse_count("N", arguments[0]);
    if (!count) return count.error();
    return run(*count, arguments.text_from(2), false, context);
}

Reply time(Context& context, const Arguments& arguments) {
    return run(1, arguments.text_from(1), true, context);
}

}  // namespace heap44::shell::commands
