// SPDX-License-Identifier: MIT
// The classic errors of programs with a heap, to be committed on purpose.
//
// Each is a small function of real C++ with one mistake. It is run, not simulated: what the report
// says is what this kernel's checks find in it, and may be nothing under some designs.
#pragma once

#include <span>
#include <string_view>

#include "shell/answer/command.hpp"
#include "shell/answer/context.hpp"

namespace heap44::shell::commands {

/// One error: what `bug` lists, and the function that commits it.
struct Bug {
    Named kind;
    void (*commit)(Context& context);
};

[[nodiscard]] std::span<const Bug> all_bugs();

/// The lines of the bug's function as they stand in the program's source.
[[nodiscard]] std::string_view source_of(const Bug& bug);

/// Puts back what `corrupt-list` wrote over a hole's words, if it did.
void mend_list();

}  // namespace heap44::shell::commands
