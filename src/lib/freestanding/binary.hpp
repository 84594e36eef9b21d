// SPDX-License-Identifier: MIT
// A floating-point number as the bits that it consists of.
#pragma once

#include <cstdint>

#include "lib/freestanding/decimal.hpp"

namespace heap44 {

/// How many bits a significand has behind its first, and the exponent of its last bit at the
/// smallest.
struct FloatKind {
    int fraction_bits;
    int least_exponent;
};
inline constexpr FloatKind double_kind{52, -1074};
inline constexpr FloatKind float_kind{23, -149};

/// significand × 2^exponent.
struct Binary {
    std::uint64_t significand;
    int exponent;
};

/// The parts of a finite number, its sign left out. A float is a double whose significand has fewer
/// bits; `kind` says how many count.
[[nodiscard]] Binary split(double value, FloatKind kind);

/// The fewest digits that no other number of this kind is nearer to.
[[nodiscard]] Decimal fewest_digits(Binary binary, FloatKind kind);

}  // namespace heap44
