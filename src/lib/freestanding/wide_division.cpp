// SPDX-License-Identifier: MIT
// Division of 128-bit numbers, which compiled code calls by these names (std::format does, for
// 128-bit arguments). The compiler's own library expects a stack protector's words in %fs.
#include <bit>
#include <cstdint>

namespace {

using Wide = unsigned __int128;

struct Division {
    Wide quotient;
    Wide remainder;
};

int leading_zeros(Wide value) {
    const auto high = static_cast<std::uint64_t>(value >> 64);
    if (high != 0) return std::countl_zero(high);
    return 64 + std::countl_zero(static_cast<std::uint64_t>(value));
}

// Long division in binary: one subtraction for each bit that the quotient can have.
Division divide(Wide dividend, Wide divisor) {
    Division result{0, dividend};
    for (int shift = leading_zeros(divisor) - leading_zeros(dividend); shift >= 0; --shift) {
        const Wide part = divisor << shift;
        if (result.remainder < part) continue;
        result.remainder -= part;
        result.quotient |= Wide{1} << shift;
    }
    return result;
}

}  // namespace

extern "C" {

Wide __udivti3(Wide dividend, Wide divisor);
Wide __umodti3(Wide dividend, Wide divisor);

Wide __udivti3(Wide dividend, Wide divisor) {
    return divide(dividend, divisor).quotient;
}
Wide __umodti3(Wide dividend, Wide divisor) {
    return divide(dividend, divisor).remainder;
}

}  // extern "C"
