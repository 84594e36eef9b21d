// SPDX-License-Identifier: MIT
// What the commands that read memory have in common.
#pragma once

#include <cstdint>

#include "lib/address.hpp"
#include "shell/platform/machine.hpp"

namespace heap44::shell::commands {

/// So many bytes are read at once at most: as many as the largest heap has.
inline constexpr std::uint64_t longest_read = 16 << 20;

/// The first byte of the range that cannot be read, or the range's end.
[[nodiscard]] VirtAddr readable_end(const Machine& machine, VirtAddr start, std::uint64_t size);

}  // namespace heap44::shell::commands
