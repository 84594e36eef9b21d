// SPDX-License-Identifier: MIT
// A cache line of small numbers that are compared all at once, in plain C++: the compiler turns it
// into the processor's vector instructions.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace heap44::mm {

/// 64 bytes of numbers. A question is put to all of them at once and answered by a mask: bit i says
/// whether number i is one of those asked for.
///
///     all        7  3  0  9 ...      "4 or more?"
///     answers    1  0  0  1 ...      mask 0b...1001, and `lowest` names the first
///
/// No branch depends on the numbers, so none can be mispredicted; that is worth more than the
/// comparisons saved by stopping early. (Vectors go into functions by reference: by value, how they
/// are passed would depend on the processor.)
template <class Number>
struct alignas(64) Lanes {
    static constexpr std::size_t count = 64 / sizeof(Number);

    using Vector = Number __attribute__((ext_vector_type(count)));

    Vector all;

    [[nodiscard]] Number& operator[](std::size_t lane) {
        return reinterpret_cast<Number*>(&all)[lane];
    }
    [[nodiscard]] Number operator[](std::size_t lane) const {
        return reinterpret_cast<const Number*>(&all)[lane];
    }
};

/// The mask for `answers`, which is a comparison of `all` of Lanes<Number> with something.
template <class Number>
[[nodiscard]] std::uint64_t where(const auto& answers) {
    using Answers = bool __attribute__((ext_vector_type(Lanes<Number>::count)));
    using Mask = std::conditional_t<Lanes<Number>::count == 64, std::uint64_t, std::uint16_t>;
    return std::bit_cast<Mask>(__builtin_convertvector(answers, Answers));
}

/// Where the numbers, taken as signed ones, are more than 0.
template <class Number>
[[nodiscard]] std::uint64_t where_positive(const auto& numbers) {
    using Signed =
        std::make_signed_t<Number> __attribute__((ext_vector_type(Lanes<Number>::count)));
    return where<Number>(__builtin_bit_cast(Signed, numbers) > 0);
}

/// Whether any of the answers is yes.
[[nodiscard]] bool any(const auto& answers) {
    return __builtin_reduce_or(answers) != 0;
}

/// A mask of the positions behind `position`. (~1 shifted leaves out the position itself; 63 leaves
/// nothing.)
[[nodiscard]] constexpr std::uint64_t behind(std::size_t position) {
    return ~std::uint64_t{1} << position;
}
/// The lowest and the highest position in a mask that has one.
[[nodiscard]] constexpr std::size_t lowest(std::uint64_t mask) {
    return static_cast<std::size_t>(__builtin_ctzll(mask));
}
[[nodiscard]] constexpr std::size_t highest(std::uint64_t mask) {
    return static_cast<std::size_t>(63 ^ __builtin_clzll(mask));
}

}  // namespace heap44::mm
