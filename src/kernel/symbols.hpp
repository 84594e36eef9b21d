// SPDX-License-Identifier: MIT
// Functions and lines of the kernel's code, from the table that the build embeds.
#pragma once

#include <cstdint>
#include <optional>

#include "shell/platform/machine.hpp"

namespace heap44::kernel {

/// The function and the line that hold the address, or nothing.
[[nodiscard]] std::optional<shell::CodePlace> describe_code(std::uint64_t code);

}  // namespace heap44::kernel
