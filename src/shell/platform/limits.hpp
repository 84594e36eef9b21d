// SPDX-License-Identifier: MIT
// The sizes that the shell's contract sets.
#pragma once

#include <cstddef>

namespace heap44::shell {

/// Bytes in a line; a longer one is refused whole.
inline constexpr std::size_t max_line = 1024;
/// Words and options in a command: a line of single characters has no more.
inline constexpr std::size_t max_words = max_line / 2;
inline constexpr std::size_t max_options = 16;
/// Lines that the history keeps.
inline constexpr std::size_t history_lines = 100;
/// Steps that a C++ command reports.
inline constexpr std::size_t max_steps = 16;

}  // namespace heap44::shell
