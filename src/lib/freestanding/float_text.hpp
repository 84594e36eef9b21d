// SPDX-License-Identifier: MIT
// Floating-point numbers as text, by std::to_chars's rules. Exact rather than quick.
#pragma once

#include <charconv>
#include <optional>

#include "lib/freestanding/binary.hpp"

namespace heap44 {

/// In place of a precision: as few digits as tell the number from its neighbours.
inline constexpr int shortest = -1;

/// Writes `value`, which is of `kind`. Without a form it is the shorter of fixed and scientific;
/// with a precision there has to be a form. The hexadecimal form is not supported.
std::to_chars_result write_float(char* first, char* last, double value, FloatKind kind,
                                 std::optional<std::chars_format> form, int precision);

}  // namespace heap44
