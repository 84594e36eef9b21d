// SPDX-License-Identifier: MIT
// `help`, from the table of commands.
#pragma once

#include "shell/answer/command.hpp"

namespace heap44::shell {

/// All commands, a row for each group: it fits on a screen of 24 lines.
void write_help(Output& output);

/// One command: usage, what it does, an example for a heap that starts at `start`.
void write_help(Output& output, const Command& command, VirtAddr start);

}  // namespace heap44::shell
