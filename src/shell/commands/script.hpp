// SPDX-License-Identifier: MIT
// How a script of commands runs.
//
// A script's answers are parts of the answer of the command that runs it. Lines have numbers from
// 1, blank ones included, so that a number finds its line in the file.
#pragma once

#include <string_view>

#include "shell/answer/context.hpp"

namespace heap44::shell::commands {

/// Runs a script line by line, all of it, whatever fails; only Ctrl-C ends it early.
[[nodiscard]] ScriptRun run_script(std::string_view text, Context& context);

}  // namespace heap44::shell::commands
