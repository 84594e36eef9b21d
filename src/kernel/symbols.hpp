// SPDX-License-Identifier: MIT
// The names of the kernel's functions, from the table that the build embeds.
#pragma once

#include <cstdint>
#include <optional>

#include "shell/platform.hpp"

namespace heap44::kernel {

/// The function that holds the address, or nothing.
[[nodiscard]] std::optional<shell::CodePlace> describe_code(std::uint64_t code);

}  // namespace heap44::kernel
