// SPDX-License-Identifier: MIT
// compare: the same commands against each design, or each fit, from the same empty heap.
//
//     empty, design 1, commands, figures | empty, design 2, commands, figures | ... | as it was
//
// All run on the one heap that there is, one after the other; so addresses can be compared, too.
// What each comes to is told while its heap is still there. At the end the heap is what it was
// found as.

#include <algorithm>
#include <array>

#include "mm/heap/design_family.hpp"
#include "mm/heap/heap.hpp"
#include "shell/answer/session.hpp"
#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"
#include "shell/commands/loan.hpp"
#include "shell/input/utf8.hpp"
#include "shell/platform/guard.hpp"
#include "shell/platform/visiting.hpp"

namespace heap44::shell::commands {

namespace {

/// What would lead out of the empty heap that each begins with, or lasts longer than the
/// comparison.
constexpr std::array<std::string_view, 17> refused_words{
    "undo",   "redo", "snapshot", "restore",  "replay", "allocator", "policy", "compare", "bench",
    "stress", "bug",  "fault",    "poweroff", "reboot", "live",      "slow",   "step"};

/// The first command of the text that cannot be compared; empty where there is none.
FixedText<32> find_refused(std::string_view text, Executor& executor) {
    FixedText<32> found;
    auto look = visiting<Arguments>([&](const Arguments& words) {
        if (words.command() == "reset" && words.has_flag("--all")) {
            found = FixedText<32>("reset --all");
        } else if (std::ranges::contains(refused_words, words.command())) {
            found = FixedText<32>(words.command());
        }
        return found.empty();
    });
    executor.for_each_command(text, look);
    return found;
}

/// Lets all that are compared run on the heap that the shell shows, one after the other.
class Comparison {
public:
    Comparison(std::string_view text, Context& context, Loan& loan)
        : text_(text), context_(context), loan_(loan) {}

    /// By policy: the four fits of `linked-list`. By design: every design.
    void run_all(bool by_policy) {
        if (by_policy) {
            for (const mm::Fit fit :
                 {mm::Fit::first, mm::Fit::next, mm::Fit::best, mm::Fit::worst}) {
                run("linked-list", mm::Policy{.fit = fit});
            }
            return;
        }
        for (const std::string_view each : mm::design_names()) {
            // The one that never gives anything teaches nothing here.
            if (each != "dummy") run(each, std::nullopt);
        }
    }

    [[nodiscard]] Compared result() {
        result_.interrupted = context_.session.interrupted;
        return result_;
    }

private:
    /// One contestant: an empty heap of this design, the commands, and then its figures.
    void run(std::string_view design, std::optional<mm::Policy> policy) {
        // Ctrl-C ends the whole comparison, not only the contestant that it meets.
        if (context_.session.interrupted || interrupts(context_)) return;
        loan_.begin(design, policy);
        context_.executor.tell(ContestantBegun{design, policy});
        // A command that fails says something about a design, so it does not end the comparison;
        // Ctrl-C does.
        auto until_interrupted =
            visiting<Answer>([&](const Answer&) { return !context_.session.interrupted; });
        context_.executor.run(text_, until_interrupted);
        // The figures are taken while the heap is what the commands made of it.
        result_.contestants[result_.count++] = {design, policy, context_.heap.stats()};
        context_.executor.tell(ContestantDone{});
    }

    std::string_view text_;
    Context& context_;
    Loan& loan_;
    Compared result_;
};

}  // namespace

Reply compare(Context& context, const Arguments& arguments) {
    const auto* by = arguments.option("by");
    if (by != nullptr && *by != "design" && *by != "policy") {
        return bad_argument("by={} is neither design nor policy", shown(*by));
    }
    const std::string_view text = arguments[0];
    if (const auto word = find_refused(text, context.executor); !word.empty()) {
        return bad_argument("'{}' cannot be compared; nothing was run", word.view());
    }
    auto loan = Loan::take(context, arguments);
    if (!loan) return loan.error();
    Comparison comparison(text, context, *loan);
    run_and_restore(
        context.guard,
        [&] {
            context.executor.begin(Course::compare);
            comparison.run_all(by != nullptr && *by == "policy");
        },
        [&] { loan->give_back(); });
    return comparison.result();
}

}  // namespace heap44::shell::commands
