// SPDX-License-Identifier: MIT
// The kernel's floating-point text against the host library's.
#include "lib/freestanding/float_text.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <string>

namespace heap44 {
namespace {

using Form = std::chars_format;

constexpr std::array special_values{
    0.0,
    -0.0,
    1.0,
    0.1,
    0.5,
    2.5,
    0.125,
    9.5,
    99.5,
    999999.5,
    1e21,
    1e22,
    1e23,
    5e-324,
    2.2250738585072014e-308,
    1.7976931348623157e308,
    123456.0,
    2e-323,
    4e-323,
    1.5e-323,
    1e-5,
    0.00012345,
    8.41e21,
};

std::string ours(double value, FloatKind kind, std::optional<Form> form, int precision) {
    std::array<char, 2000> text{};
    const auto result =
        write_float(text.data(), text.data() + text.size(), value, kind, form, precision);
    EXPECT_EQ(result.ec, std::errc{});
    return {text.data(), result.ptr};
}

template <class... Arguments>
std::string theirs(Arguments... arguments) {
    std::array<char, 2000> text{};
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), arguments...).ptr};
}

double random_double(std::mt19937_64& random) {
    for (;;) {
        const double value = std::bit_cast<double>(random());
        if (std::isfinite(value)) return value;
    }
}

void expect_same(double value) {
    EXPECT_EQ(ours(value, double_kind, {}, shortest), theirs(value));
    for (const Form form : {Form::fixed, Form::scientific}) {
        EXPECT_EQ(ours(value, double_kind, form, shortest), theirs(value, form));
        for (const int precision : {0, 1, 3, 17}) {
            EXPECT_EQ(ours(value, double_kind, form, precision), theirs(value, form, precision));
        }
    }
    for (const int precision : {0, 1, 6, 17}) {
        EXPECT_EQ(ours(value, double_kind, Form::general, precision),
                  theirs(value, Form::general, precision));
    }
}

TEST(FloatText, SpecialValuesAreWrittenAsTheHostLibraryWritesThem) {
    for (const double value : special_values) expect_same(value);
}

TEST(FloatText, NumbersOfAllSizesAreWrittenAsTheHostLibraryWritesThem) {
    std::mt19937_64 random(44);
    for (int round = 0; round < 300; ++round) expect_same(random_double(random));
}

TEST(FloatText, OrdinaryNumbersAreWrittenAsTheHostLibraryWritesThem) {
    std::mt19937_64 random(45);
    std::uniform_real_distribution<double> ordinary(-10000, 10000);
    for (int round = 0; round < 3000; ++round) expect_same(ordinary(random));
    for (int eighths = -4000; eighths < 4000; ++eighths) expect_same(eighths / 8.0);
}

TEST(FloatText, FloatsNeedFewerDigitsThanDoubles) {
    std::mt19937_64 random(46);
    EXPECT_EQ(ours(0.1F, float_kind, {}, shortest), "0.1");
    for (int round = 0; round < 3000; ++round) {
        const float value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
        if (!std::isfinite(value)) continue;
        EXPECT_EQ(ours(value, float_kind, {}, shortest), theirs(value));
        EXPECT_EQ(ours(value, float_kind, Form::fixed, 4), theirs(value, Form::fixed, 4));
    }
}

TEST(FloatText, WhatIsNoNumberIsNamed) {
    const double infinity = std::numeric_limits<double>::infinity();
    EXPECT_EQ(ours(infinity, double_kind, {}, shortest), "inf");
    EXPECT_EQ(ours(-infinity, double_kind, Form::fixed, 3), "-inf");
    EXPECT_EQ(ours(std::nan(""), double_kind, {}, shortest), "nan");
}

TEST(FloatText, ABufferTooSmallIsNamedAndNotOverrun) {
    std::array<char, 8> text{};
    const auto result =
        write_float(text.data(), text.data() + 3, 1234.5, double_kind, {}, shortest);
    EXPECT_EQ(result.ec, std::errc::value_too_large);
    EXPECT_EQ(result.ptr, text.data() + 3);
    EXPECT_EQ(text[3], '\0');
}

}  // namespace
}  // namespace heap44
