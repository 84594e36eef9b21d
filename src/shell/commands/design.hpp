// SPDX-License-Identifier: MIT
// What the commands share that name designs.
#pragma once

#include <string_view>

#include "shell/answer/reply.hpp"

namespace heap44::shell::commands {

/// For a name that no design has, with the list of those that there are.
[[nodiscard]] Error unknown_design(std::string_view name);

}  // namespace heap44::shell::commands
