// SPDX-License-Identifier: MIT
// The error codes of the shell's contract (docs/json.md).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lib/panic.hpp"

namespace heap44::shell {

enum class ErrorCode : std::uint8_t {
    unknown_command,
    bad_argument,
    line_too_long,
    line_damaged,
    out_of_memory,
    no_such_block,
    foreign_free,
    double_free,
    interior_free,
    invalid_free,
    wrong_layout,
    use_after_free,
    overflow,
    underflow,
    leak,
    corrupted_heap,
    would_lose_blocks,
    name_in_use,
    not_supported,
    nothing_to_undo,
    no_such_snapshot,
    unmapped,
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
    constexpr std::array<std::string_view, 29> names{"unknown-command",
                                                     "bad-argument",
                                                     "line-too-long",
                                                     "line-damaged",
                                                     "out-of-memory",
                                                     "no-such-block",
                                                     "foreign-free",
                                                     "double-free",
                                                     "interior-free",
                                                     "invalid-free",
                                                     "wrong-layout",
                                                     "use-after-free",
                                                     "overflow",
                                                     "underflow",
                                                     "leak",
                                                     "corrupted-heap",
                                                     "would-lose-blocks",
                                                     "name-in-use",
                                                     "not-supported",
                                                     "nothing-to-undo",
                                                     "no-such-snapshot",
                                                     "unmapped",
                                                     "page-fault",
                                                     "cpu-fault",
                                                     "stack-overflow",
                                                     "deadlock",
                                                     "panic",
                                                     "interrupted",
                                                     "watched"};
    static_assert(names.size() == static_cast<std::size_t>(ErrorCode::watched) + 1);
    return names[static_cast<std::size_t>(code)];
}

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
        case PanicKind::corrupted_heap:
            return ErrorCode::corrupted_heap;
    }
    return ErrorCode::panic;
}

}  // namespace heap44::shell
