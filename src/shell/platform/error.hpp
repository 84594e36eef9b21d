// SPDX-License-Identifier: MIT
// The error codes of the shell's contract (docs/json.md).
//
// A code says what kind of thing went wrong; a message says it in words, with the values. Programs
// that talk to the shell compare codes, so a code keeps its name for ever. Messages may change.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lib/panic.hpp"

namespace heap44::shell {

enum class ErrorCode : std::uint8_t {
    // The line itself is at fault. Nothing of it was run.
    unknown_command,
    bad_argument,
    line_too_long,
    line_damaged,
    // The heap cannot do what was asked, or the word names no block that it could be done to.
    out_of_memory,
    no_such_block,
    foreign_free,
    double_free,
    interior_free,
    invalid_free,
    wrong_layout,
    wrong_delete,
    // Code wrote or read where it must not, or left something behind.
    use_after_free,
    overflow,
    underflow,
    leak,
    corrupted_heap,
    // The command was refused to protect something, or because what it needs is not there.
    would_lose_blocks,
    name_in_use,
    not_supported,
    nothing_to_undo,
    no_such_snapshot,
    unmapped,
    // Something stopped the computation: the processor, the kernel's own checks, or a person.
    page_fault,
    cpu_fault,
    stack_overflow,
    deadlock,
    panic,
    interrupted,
    watched,
};

/// The code as the contract writes it: `double-free`.
[[nodiscard]] constexpr std::string_view name(ErrorCode code) {
    constexpr std::array<std::string_view, 30> names{"unknown-command", "bad-argument",
                                                     "line-too-long",   "line-damaged",
                                                     "out-of-memory",   "no-such-block",
                                                     "foreign-free",    "double-free",
                                                     "interior-free",   "invalid-free",
                                                     "wrong-layout",    "wrong-delete",
                                                     "use-after-free",  "overflow",
                                                     "underflow",       "leak",
                                                     "corrupted-heap",  "would-lose-blocks",
                                                     "name-in-use",     "not-supported",
                                                     "nothing-to-undo", "no-such-snapshot",
                                                     "unmapped",        "page-fault",
                                                     "cpu-fault",       "stack-overflow",
                                                     "deadlock",        "panic",
                                                     "interrupted",     "watched"};
    // The compiler finds a code without a name here. The order of the two lists has to be the same.
    static_assert(names.size() == static_cast<std::size_t>(ErrorCode::watched) + 1);
    return names[static_cast<std::size_t>(code)];
}

/// What the shell calls a panic of this kind. The switch has no `default`, so that the compiler
/// names a kind that is missing here.
[[nodiscard]] constexpr ErrorCode error_code(PanicKind kind) {
    switch (kind) {
        case PanicKind::panic:
            return ErrorCode::panic;
        case PanicKind::out_of_memory:
            return ErrorCode::out_of_memory;
        case PanicKind::deadlock:
            return ErrorCode::deadlock;
        case PanicKind::foreign_free:
            return ErrorCode::foreign_free;
        case PanicKind::double_free:
            return ErrorCode::double_free;
        case PanicKind::interior_free:
            return ErrorCode::interior_free;
        case PanicKind::invalid_free:
            return ErrorCode::invalid_free;
        case PanicKind::wrong_layout:
            return ErrorCode::wrong_layout;
        case PanicKind::wrong_delete:
            return ErrorCode::wrong_delete;
        case PanicKind::corrupted_heap:
            return ErrorCode::corrupted_heap;
    }
    return ErrorCode::panic;
}

}  // namespace heap44::shell
