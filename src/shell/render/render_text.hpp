// SPDX-License-Identifier: MIT
// Answers as text for people: plain words, aligned columns, an address wherever there is one.
#pragma once

#include "shell/command.hpp"
#include "shell/executor.hpp"

namespace heap44::shell {

/// Writes the answer to the platform.
void render_text(const Answer& answer, Context& context, Executor& executor);

}  // namespace heap44::shell
