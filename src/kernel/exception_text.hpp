// SPDX-License-Identifier: MIT
// Exceptions in words: their names, and what their error codes say.
//
// A report says what the processor knows. Some exceptions have an error code, some leave their
// reason in a register, and of some only the instruction itself tells.
#pragma once

#include <cstdint>
#include <string_view>

#include "kernel/x86_64/traps.hpp"
#include "lib/text.hpp"

namespace heap44::kernel {

/// "page fault"; "unexpected interrupt" for vectors that are no exception.
[[nodiscard]] std::string_view exception_name(std::uint64_t vector);

/// What the error code and the processor's state say beyond the name; nothing where they say
/// nothing. `debug_status` is DR6 as it was when the exception came.
void write_explanation(Output& output, const TrapFrame& frame, std::uint64_t debug_status);

}  // namespace heap44::kernel
