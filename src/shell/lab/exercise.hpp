// SPDX-License-Identifier: MIT
// The list of `ops`: `+10,+20,-0` allocates 10 bytes, then 20, then frees the first of them.
#pragma once

#include <expected>
#include <string_view>

#include "shell/answer/parts.hpp"
#include "shell/answer/reply.hpp"

namespace heap44::shell {

/// Cuts the first operation off a list that was checked.
[[nodiscard]] Operation next_operation(std::string_view& list);

/// Whether every operation of the list is one, and frees only what the list has allocated before
/// and not freed yet; else an Error that names the first which does not, and its place, from 1. So
/// `ops` is refused as a whole, before its first operation.
[[nodiscard]] std::expected<void, Error> check_operations(std::string_view list);

}  // namespace heap44::shell
