// SPDX-License-Identifier: MIT
// The end of a computation that cannot go on. Who stands above (kernel, host program, unit tests)
// defines what then happens: the shell abandons the command and shows the prompt again.
#pragma once

#include <cstdint>
#include <string_view>

namespace heap44 {

/// What kind of end it is; the shell has error codes of the same names.
enum class PanicKind : std::uint8_t {
    panic,
    out_of_memory,
    deadlock,
    foreign_free,
    double_free,
    interior_free,
    invalid_free,
    wrong_layout,
    wrong_delete,
    corrupted_heap,
};

/// Ends the running computation. `message` is one line; it is copied. `caller` is a code address
/// that tells who asked, `holder` one that tells who stood in the way (a deadlock's other side);
/// `address` the memory that it is about; 0 where there is none to tell.
[[noreturn]] void panic(PanicKind kind, std::string_view message, std::uint64_t caller = 0,
                        std::uint64_t holder = 0, std::uint64_t address = 0);

}  // namespace heap44
