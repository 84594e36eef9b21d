// SPDX-License-Identifier: MIT
// Answers as JSON: one object on one line, with the keys of the shell's contract.
#pragma once

#include <cstdint>
#include <optional>

#include "shell/command.hpp"
#include "shell/executor.hpp"

namespace heap44::shell {

/// Writes the answer as one line to the platform. `sequence` is its number.
void render_json(const Answer& answer, std::uint64_t sequence, Context& context,
                 Executor& executor);

}  // namespace heap44::shell
