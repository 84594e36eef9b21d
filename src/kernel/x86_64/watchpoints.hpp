// SPDX-License-Identifier: MIT
// The processor's debug registers: memory that it watches for writes.
//
// A watchpoint costs nothing until it hits: the processor compares addresses by itself. It reports
// a write after it was made (Intel SDM volume 3, 18.3.1), so the old content is kept here, to tell
// which watchpoints hit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "shell/platform/machine.hpp"

namespace heap44::kernel {

inline constexpr std::size_t watchpoint_limit = 4;

/// The watchpoints there are, each at the place of its debug register's number, 0 to 3.
[[nodiscard]] std::span<const shell::Watchpoint> watchpoints();
/// There must be room for it. `content` is what the memory holds; nothing where none is mapped.
void add_watchpoint(const shell::Watchpoint& watch, std::optional<std::uint64_t> content);
/// What the memory held when the watch was set.
[[nodiscard]] std::optional<std::uint64_t> content_before(std::size_t index);
/// Those behind it move up by one place, and by one debug register.
void remove_watchpoint(std::size_t index);
void remove_watchpoints();

/// Makes the processor watch what it should, whatever became of its registers.
void load_watchpoints();

}  // namespace heap44::kernel
