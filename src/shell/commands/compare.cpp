// SPDX-License-Identifier: MIT
// compare: the same commands against each design, or each fit, from the same empty heap.
//
//     empty, design 1, commands, figures | empty, design 2, commands, figures | ... | empty
//
// All run on the one heap that there is, one after the other; so addresses can be compared, too.
// What each comes to is told while its heap is still there. At the end the heap is empty, under the
// design that it had.

#include "mm/heap/design_family.hpp"
#include "mm/heap/heap.hpp"
#include "shell/answer/preconditions.hpp"
#include "shell/answer/session.hpp"
#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"
#include "shell/input/utf8.hpp"
#include "shell/platform/guard.hpp"
#include "shell/platform/visiting.hpp"

namespace heap44::shell::commands {

namespace {

/// Lets all that are compared run on the heap that the shell shows, one after the other.
class Comparison {
public:
    Comparison(std::string_view text, Context& context) : text_(text), context_(context) {}

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
        mm::Heap& heap = context_.heap;
        heap.select(design);
        if (policy) heap.set_policy(*policy);
        context_.executor.tell(ContestantBegun{design, policy});
        // A command that fails says something about a design, so it does not end the comparison;
        // Ctrl-C does.
        auto until_interrupted =
            visiting<Answer>([&](const Answer&) { return !context_.session.interrupted; });
        context_.executor.run(text_, until_interrupted);
        // The figures are taken while the heap is what the commands made of it.
        result_.contestants[result_.count++] = {design, policy, heap.stats()};
        context_.executor.tell(ContestantDone{});
    }

    std::string_view text_;
    Context& context_;
    Compared result_;
};

}  // namespace

Reply compare(Context& context, const Arguments& arguments) {
    const auto* by = arguments.option("by");
    if (by != nullptr && *by != "design" && *by != "policy") {
        return bad_argument("by={} is neither design nor policy", shown(*by));
    }
    mm::Heap& heap = context.heap;
    if (const auto may = may_lose_blocks(heap, arguments); !may) return may.error();
    const std::string_view design = heap.design();
    const auto policy = heap.policy();
    const auto guard = heap.guard();
    context.executor.begin(Course::compare);
    Comparison comparison(arguments[0], context);
    // The design comes back however this ends. `recover` first, since what was stopped may hold the
    // lock.
    run_and_restore(
        context.guard, [&] { comparison.run_all(by != nullptr && *by == "policy"); },
        [&] {
            heap.recover();
            heap.select(design, guard.value_or(mm::GuardSide::behind));
            if (policy) heap.set_policy(*policy);
        });
    return comparison.result();
}

}  // namespace heap44::shell::commands
