// SPDX-License-Identifier: MIT
// The sizes that the shell's contract sets.
#pragma once

#include <cstddef>

namespace heap44::shell {

/// Bytes in a line; a longer one is refused whole.
inline constexpr std::size_t max_line = 1024;
/// Words and options in a command. Words are separated by at least one character, so a line of
/// words of one character each has half as many words as bytes.
inline constexpr std::size_t max_words = max_line / 2;
inline constexpr std::size_t max_options = 16;
/// Lines that the history keeps. Each takes `max_line` bytes of static memory: 100 KiB in all.
inline constexpr std::size_t history_lines = 100;
/// Steps that a C++ command reports. The commands are part of the program, so their author counts.
inline constexpr std::size_t max_steps = 16;

}  // namespace heap44::shell
