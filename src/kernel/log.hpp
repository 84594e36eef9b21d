// SPDX-License-Identifier: MIT
// The kernel's messages, kept in memory: nothing is printed while somebody types.
//
// A ring of 128 lines that `log` shows. Any context may add one, interrupts and panics included:
// nothing is allocated, and nothing waits.
#pragma once

#include <string_view>

#include "lib/text.hpp"
#include "shell/platform/visitor.hpp"

namespace heap44::kernel {

/// Adds a line, stamped with the time since boot; 160 bytes of it are kept. The oldest is forgotten
/// when there is no room.
void add_log_line(std::string_view text);

template <class... Arguments>
void log_line(std::format_string<Arguments...> format, Arguments&&... arguments) {
    FixedText<160> line;
    vprint(line, format.get(), std::make_format_args(arguments...));
    add_log_line(line.view());
}

/// The oldest first, each as `[    1.234567] text`, until the visitor has enough.
void for_each_log_line(shell::Visitor<std::string_view>& visitor);

}  // namespace heap44::kernel
