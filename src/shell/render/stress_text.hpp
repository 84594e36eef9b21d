// SPDX-License-Identifier: MIT
// An operation of `stress` as the command that does the same.
//
// What `stress` has found can be typed again, line by line, on an empty heap. That works because a
// block is named by its number, and numbers begin at 1 on an empty heap.
#pragma once

#include <array>
#include <string_view>

#include "lib/text.hpp"
#include "shell/answer/stress_step.hpp"

namespace heap44::shell {

[[nodiscard]] inline FixedText<64> command_text(const StressStep& step) {
    using Kind = StressStep::Kind;
    FixedText<64> text;
    if (step.kind == Kind::deallocate) {
        print(text, "free #{}", step.number);
    } else if (step.kind == Kind::reallocate) {
        print(text, "realloc #{} {}", step.number, step.size);
    } else {
        print(text, "{} {}", step.kind == Kind::allocate ? "alloc" : "zalloc", step.size);
        if (step.layout().align != 8) print(text, " align={}", step.layout().align);
    }
    return text;
}

/// Whether it did anything when the sequence was last run.
[[nodiscard]] inline bool has_command(const StressStep& step) {
    return step.allocates() || step.number != 0;
}

}  // namespace heap44::shell
