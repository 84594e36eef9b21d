// SPDX-License-Identifier: MIT
// An operation of `stress` as the command that does the same.
//
// What `stress` has found can be typed again, line by line, on an empty heap. That works because a
// block is named by its number, and numbers begin at 1 on an empty heap.
#pragma once

#include <array>
#include <string_view>

#include "lib/text.hpp"
#include "shell/answer/stress_operation.hpp"

namespace heap44::shell {

[[nodiscard]] inline FixedText<64> command_text(const StressOperation& operation) {
    using Kind = StressOperation::Kind;
    FixedText<64> text;
    if (operation.kind == Kind::deallocate) {
        print(text, "free #{}", operation.number);
    } else if (operation.kind == Kind::reallocate) {
        print(text, "realloc #{} {}", operation.number, operation.size);
    } else {
        print(text, "{} {}", operation.kind == Kind::allocate ? "alloc" : "zalloc", operation.size);
        if (operation.layout().align != 8) print(text, " align={}", operation.layout().align);
    }
    return text;
}

/// Whether it did anything when the sequence was last run.
[[nodiscard]] inline bool has_command(const StressOperation& operation) {
    return operation.allocates() || operation.number != 0;
}

}  // namespace heap44::shell
