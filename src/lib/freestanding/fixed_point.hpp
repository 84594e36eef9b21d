// SPDX-License-Identifier: MIT
// Floating-point numbers as fixed-point text with a few places: all that the kernel prints of them.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

#include "lib/panic.hpp"
#include "lib/text.hpp"

namespace heap44 {

inline constexpr int most_places = 3;

/// A sign, the 20 digits of a number of 64 bits, the point and the places.
using FixedPointText = FixedText<1 + 20 + 1 + most_places>;

/// `value` with 0 to 3 places, rounded from its exact value; what lies in the middle goes to the
/// even digit. Panics for more places, and for what is not a number between -2^64 and 2^64.
[[nodiscard]] inline FixedPointText fixed_point(double value, int places) {
    using Wide = unsigned __int128;
    constexpr std::array<std::uint64_t, most_places + 1> scales{1, 10, 100, 1000};

    const double size = std::abs(value);
    const bool is_sound = size < 0x1p64 && places >= 0 && places <= most_places;
    if (!is_sound) panic(PanicKind::panic, "a floating-point number with too many digits");
    const std::uint64_t scale = scales[static_cast<std::size_t>(places)];
    // The rest counts in units of 2^-64. It loses bits only below 2^-12, where it is rounded to 0
    // with any scale.
    const auto whole = static_cast<std::uint64_t>(size);
    const double rest = size - static_cast<double>(whole);
    const Wide scaled_rest = Wide{static_cast<std::uint64_t>(rest * 0x1p64)} * scale;
    // In units of the last place, and what is cut off behind it.
    Wide units = Wide{whole} * scale + (scaled_rest >> 64);
    const auto cut_off = static_cast<std::uint64_t>(scaled_rest);
    constexpr std::uint64_t half = std::uint64_t{1} << 63;
    if (cut_off > half || (cut_off == half && units % 2 != 0)) ++units;

    FixedPointText text(std::signbit(value) ? "-" : "");
    print(text, "{}", static_cast<std::uint64_t>(units / scale));
    if (places > 0) print(text, ".{:0{}}", static_cast<std::uint64_t>(units % scale), places);
    return text;
}

}  // namespace heap44
