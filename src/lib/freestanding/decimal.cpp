// SPDX-License-Identifier: MIT
#include "lib/freestanding/decimal.hpp"

#include <algorithm>

namespace heap44 {

Decimal::Decimal(std::uint64_t significand, int exponent) {
    set_integer(significand);
    // One bit at a time is slow for the extremes of the range and quick for the numbers that a
    // person reads.
    for (; exponent > 0 && !is_zero(); --exponent) double_it();
    for (; exponent < 0 && !is_zero(); ++exponent) halve();
    drop_zeros();
}

void Decimal::set_integer(std::uint64_t value) {
    for (; value != 0; value /= 10) digits_[--first_] = static_cast<std::uint8_t>(value % 10);
}

/// As one does it on paper, from the last digit, with a carry to the left.
void Decimal::double_it() {
    unsigned carry = 0;
    for (std::size_t index = end_; index-- > first_;) {
        const unsigned sum = 2U * digits_[index] + carry;
        digits_[index] = static_cast<std::uint8_t>(sum % 10);
        carry = sum / 10;
    }
    if (carry != 0) digits_[--first_] = static_cast<std::uint8_t>(carry);
}

/// From the first digit, with the rest carried to the right. Half of an odd number ends in one
/// digit more, a 5.
void Decimal::halve() {
    unsigned rest = 0;
    for (std::size_t index = first_; index < end_; ++index) {
        const unsigned value = 10 * rest + digits_[index];
        digits_[index] = static_cast<std::uint8_t>(value / 2);
        rest = value % 2;
    }
    if (rest != 0) digits_[end_++] = 5;
    if (digits_[first_] == 0) ++first_;
}

void Decimal::drop_zeros() {
    while (first_ < end_ && digits_[first_] == 0) ++first_;
    while (first_ < end_ && digits_[end_ - 1] == 0) --end_;
}

std::size_t Decimal::index_of(int place) {
    return static_cast<std::size_t>(static_cast<int>(units) - place);
}

int Decimal::leading_place() const {
    return is_zero() ? 0 : static_cast<int>(units) - static_cast<int>(first_);
}

int Decimal::trailing_place() const {
    return is_zero() ? 0 : static_cast<int>(units) - static_cast<int>(end_ - 1);
}

int Decimal::digit(int place) const {
    if (is_zero() || place > leading_place() || place < trailing_place()) return 0;
    return digits_[index_of(place)];
}

/// By the digit behind the last one that stays; a 5 with nothing behind it goes to the even side.
bool Decimal::rounds_up(std::size_t last) const {
    const std::uint8_t next = digits_[last + 1];
    if (next != 5) return next > 5;
    const bool exactly_half = end_ == last + 2;
    return !exactly_half || digits_[last] % 2 != 0;
}

/// Nines become zeros, and the carry goes on to the left.
void Decimal::increment(std::size_t index) {
    while (digits_[index] == 9) digits_[index--] = 0;
    ++digits_[index];
    first_ = std::min(first_, index);
}

void Decimal::round_to(int place) {
    if (is_zero() || place <= trailing_place()) return;
    // Far above the first digit there is nothing to round up from.
    if (place > leading_place() + 1) {
        first_ = end_;
        return;
    }
    const std::size_t last = index_of(place);
    const bool up = rounds_up(last);
    // What is cut off becomes 0: so are all digits outside of `first_` and `end_`.
    std::fill(digits_.begin() + static_cast<std::ptrdiff_t>(last) + 1,
              digits_.begin() + static_cast<std::ptrdiff_t>(end_), std::uint8_t{0});
    end_ = last + 1;
    first_ = std::min(first_, end_);
    if (up) increment(last);
    drop_zeros();
}

std::strong_ordering operator<=>(const Decimal& left, const Decimal& right) {
    if (left.is_zero() || right.is_zero()) return right.is_zero() <=> left.is_zero();
    if (const auto order = left.leading_place() <=> right.leading_place(); order != 0) return order;
    const int last = std::min(left.trailing_place(), right.trailing_place());
    for (int place = left.leading_place(); place >= last; --place) {
        if (const auto order = left.digit(place) <=> right.digit(place); order != 0) return order;
    }
    return std::strong_ordering::equal;
}

}  // namespace heap44
