// SPDX-License-Identifier: MIT
// A floating-point number as the decimal digits that it stands for, all of them: every double is a
// finite decimal fraction.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace heap44 {

/// Digits are named by their place: 0 is the units, 1 the tens, -1 the tenths. They stand in an
/// array, with the point at a fixed position:
///
///     digits_    0 0 0 1 2 . 3 4 0 0         12.34: leading place 1, trailing place -2
///                      ^         ^
///                   first_       end_        (one behind the last)
///
/// A power of two is multiplied in by doubling or halving all digits, as often as the exponent
/// says: exact, simple, and quick enough for what a person reads.
class Decimal {
public:
    /// Exactly significand × 2^exponent, for what a double can be and for the middle between two.
    Decimal(std::uint64_t significand, int exponent);

    [[nodiscard]] bool is_zero() const { return first_ == end_; }
    /// The place of the first digit that is not 0; 0 for zero.
    [[nodiscard]] int leading_place() const;
    /// The place of the last digit that is not 0; 0 for zero.
    [[nodiscard]] int trailing_place() const;
    /// 0 to 9; 0 where the number has no digit.
    [[nodiscard]] int digit(int place) const;
    /// Rounds to a multiple of 10^place: to the nearest, in the middle to the even one.
    void round_to(int place);

    friend std::strong_ordering operator<=>(const Decimal& left, const Decimal& right);
    friend bool operator==(const Decimal& left, const Decimal& right) {
        return (left <=> right) == 0;
    }

private:
    [[nodiscard]] static std::size_t index_of(int place);
    [[nodiscard]] bool rounds_up(std::size_t last) const;
    void set_integer(std::uint64_t value);
    void double_it();
    void halve();
    void increment(std::size_t index);
    void drop_zeros();

    // The largest double has 309 digits before the point, the smallest middle 1076 behind it.
    static constexpr std::size_t units = 320;
    static constexpr std::size_t room = units + 1 + 1080;

    std::array<std::uint8_t, room> digits_{};
    // Outside of these two all digits are 0.
    std::size_t first_ = units + 1;
    std::size_t end_ = units + 1;
};

}  // namespace heap44
