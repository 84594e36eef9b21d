// SPDX-License-Identifier: MIT
#include "lib/freestanding/binary.hpp"

#include <algorithm>
#include <bit>

namespace heap44 {

namespace {

constexpr int least_exponent = double_kind.least_exponent;
constexpr int fraction_bits = double_kind.fraction_bits;

}  // namespace

Binary split(double value, FloatKind kind) {
    // An IEEE 754 double: sign, 11 bits of exponent, 52 of fraction. Before the fraction stands a 1
    // that is not stored, but for the smallest numbers, whose exponent field is 0.
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const auto field = static_cast<int>(bits >> 52 & 0x7ff);
    const std::uint64_t fraction = bits & 0xf'ffff'ffff'ffff;
    Binary binary = field == 0
                        ? Binary{fraction, least_exponent}
                        : Binary{fraction | std::uint64_t{1} << 52, field - 1 + least_exponent};
    // A float that was widened has zeros behind its last bit: they are taken off again.
    const int surplus =
        std::max(fraction_bits - kind.fraction_bits, kind.least_exponent - binary.exponent);
    if (surplus > 0 && binary.significand != 0) {
        const int shift = std::min(surplus, std::countr_zero(binary.significand));
        binary = {binary.significand >> shift, binary.exponent + shift};
    }
    return binary;
}

Decimal fewest_digits(Binary binary, FloatKind kind) {
    const Decimal exact(binary.significand, binary.exponent);
    if (exact.is_zero()) return exact;
    // The middle to each neighbour: what lies nearer than that is read back as this number. Below a
    // power of two the neighbours lie twice as close.
    const bool power = binary.significand == std::uint64_t{1} << kind.fraction_bits &&
                       binary.exponent > kind.least_exponent;
    const Decimal above(2 * binary.significand + 1, binary.exponent - 1);
    const Decimal below = power ? Decimal(4 * binary.significand - 1, binary.exponent - 2)
                                : Decimal(2 * binary.significand - 1, binary.exponent - 1);
    const bool even = binary.significand % 2 == 0;
    // One digit more each time, until what is left lies between the two middles. 17 digits are
    // always enough for a double.
    for (int count = 1;; ++count) {
        Decimal rounded = exact;
        rounded.round_to(exact.leading_place() - count + 1);
        if (below < rounded && rounded < above) return rounded;
        // The middle itself is read as the neighbour whose significand is even.
        if (even && (rounded == below || rounded == above)) return rounded;
    }
}

}  // namespace heap44
