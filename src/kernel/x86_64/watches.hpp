// SPDX-License-Identifier: MIT
// The processor's debug registers: memory that it watches for writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "shell/platform/machine.hpp"

namespace heap44::kernel {

inline constexpr std::size_t watch_limit = 4;

/// The watches there are, each at the place of its debug register's number.
[[nodiscard]] std::span<const shell::Watch> watches();
/// There is room for it.
void add_watch(const shell::Watch& watch);
/// Whether the memory holds something else than when the watch was set.
[[nodiscard]] bool has_changed(std::size_t index);
void remove_watch(std::size_t index);
void remove_watches();

/// Makes the processor watch what it should, whatever became of its registers.
void load_watches();

}  // namespace heap44::kernel
