// SPDX-License-Identifier: MIT
// Functions and lines of the kernel's code, from the table that the build embeds.
//
//     first link    kernel with an empty table -> debug information -> tools/embed_symbols.py
//     second link   the same objects, and the full table behind all code: no function moves
//
// The table lies behind the text, so its size moves no function, and addresses of the first link
// are true in the second one (the Makefile compares them). There is no file system and no debugger
// at hand when something fails: what a backtrace shall say has to be in the image.
//
// Cost: about 100 KB of the image. A question is a binary search among the functions, then a walk
// over the line rows of one function.
#pragma once

#include <cstdint>
#include <optional>

#include "shell/platform/machine.hpp"

namespace heap44::kernel {

/// The function and the line that hold the address, or nothing. It works in any context, a double
/// fault included: it only reads constants.
[[nodiscard]] std::optional<shell::CodePlace> describe_code(std::uint64_t code);

}  // namespace heap44::kernel
