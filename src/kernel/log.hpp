// SPDX-License-Identifier: MIT
// The kernel's messages, kept in memory: nothing is printed while somebody types.
#pragma once

#include <string_view>

#include "lib/text.hpp"
#include "shell/platform/visitor.hpp"

namespace heap44::kernel {

/// Adds a line, stamped with the time. The oldest is forgotten when there is no room.
void add_log_line(std::string_view text);

template <class... Arguments>
void log_line(std::format_string<Arguments...> format, Arguments&&... arguments) {
    FixedText<160> line;
    vprint(line, format.get(), std::make_format_args(arguments...));
    add_log_line(line.view());
}

/// The oldest first.
void for_each_log_line(shell::Visitor<std::string_view>& visitor);

}  // namespace heap44::kernel
