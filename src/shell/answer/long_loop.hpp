// SPDX-License-Identifier: MIT
// Loops that may take seconds: Ctrl-C ends them, and a person sees how far they are.
#pragma once

#include <cstdint>
#include <string_view>

#include "shell/answer/context.hpp"
#include "shell/platform/machine.hpp"
#include "shell/platform/safe_point.hpp"

namespace heap44::shell {

/// A loop of `total` rounds. Call `pass` once a round.
class LongLoop {
public:
    /// `what` is a command's name.
    LongLoop(Context& context, std::string_view what, std::uint64_t total)
        : context_(context),
          safe_point_(context.terminal, context.guard),
          what_(what),
          total_(total),
          told_at_(context.machine.nanoseconds()) {}

    /// `done` rounds are over. It ends the command where Ctrl-C asks for it.
    void pass(std::uint64_t done) {
        safe_point_.pass();
        // The clock costs more than a round may.
        if (done % 256 == 0) tell(done);
    }

private:
    /// A person notices a pause of half a second.
    static constexpr std::uint64_t pause = 500'000'000;

    void tell(std::uint64_t done) {
        const std::uint64_t now = context_.machine.nanoseconds();
        if (now - told_at_ < pause) return;
        told_at_ = now;
        context_.executor.tell(Progress{.what = what_, .done = done, .total = total_});
    }

    Context& context_;
    SafePoint safe_point_;
    std::string_view what_;
    std::uint64_t total_;
    std::uint64_t told_at_;
};

}  // namespace heap44::shell
