// SPDX-License-Identifier: MIT
// `compare`: the same commands against each design, or each fit, from the same empty heap.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "shell/command.hpp"
#include "shell/executor.hpp"

namespace heap44::shell {

/// One that is compared, and what came of it.
struct Contestant {
    std::string_view design;
    std::optional<mm::Policy> policy;
    mm::HeapStats stats;
};

/// The contestants of one comparison; all of them are run on the heap that the shell shows.
class Comparison {
public:
    static constexpr std::size_t most = 16;

    Comparison(const Compare& compare, Context& context, Executor& executor)
        : compare_(compare), context_(context), executor_(executor) {}

    /// Calls `begin(design, policy)`, `answer(Answer)` for each answer, and `end()`, while the
    /// heap still is what the commands made of it; for each contestant. Afterwards the heap is
    /// empty, and of the design and policy that it had before.
    void run(auto&& begin, auto&& answer, auto&& end) {
        mm::Heap& heap = context_.heap;
        const std::string_view design = heap.design();
        const auto policy = heap.policy();
        if (compare_.by_policy) {
            for (const mm::Fit fit :
                 {mm::Fit::first, mm::Fit::next, mm::Fit::best, mm::Fit::worst}) {
                run_one("linked-list", mm::Policy{.fit = fit}, begin, answer, end);
            }
        } else {
            for (const std::string_view each : mm::design_names()) {
                // The one that never gives anything teaches nothing here.
                if (each != "dummy") run_one(each, std::nullopt, begin, answer, end);
            }
        }
        heap.select(design);
        if (policy) heap.set_policy(*policy);
    }

    [[nodiscard]] std::span<const Contestant> contestants() const {
        return {contestants_.data(), count_};
    }

private:
    void run_one(std::string_view design, std::optional<mm::Policy> policy, auto& begin,
                 auto& answer, auto& end) {
        struct Shower final : Visitor<Answer> {
            Shower(const Session& of, decltype(answer)& function) : session(of), show(function) {}
            bool visit(const Answer& given) override {
                show(given);
                return !session.interrupted;
            }
            const Session& session;
            decltype(answer)& show;
        };
        // Ctrl-C ends the whole comparison, not only the contestant that it meets.
        if (context_.session.interrupted) return;
        mm::Heap& heap = context_.heap;
        heap.select(design);
        if (policy) heap.set_policy(*policy);
        begin(design, policy);
        Shower shower(context_.session, answer);
        executor_.run(compare_.text, shower);
        contestants_[count_++] = {design, policy, heap.stats()};
        end();
    }

    const Compare& compare_;
    Context& context_;
    Executor& executor_;
    std::array<Contestant, most> contestants_;
    std::size_t count_ = 0;
};

}  // namespace heap44::shell
