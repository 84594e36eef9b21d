// SPDX-License-Identifier: MIT
// The kernel's fixed-point text against the C library's, which rounds the exact value as well.
#include "lib/freestanding/fixed_point.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <string>

#include "panic.hpp"

namespace heap44 {
namespace {

std::string theirs(double value, int places) {
    std::array<char, 400> text{};
    std::snprintf(text.data(), text.size(), "%.*f", places, value);
    return text.data();
}

/// With either sign.
void expect_same(double value) {
    for (int places = 0; places <= most_places; ++places) {
        EXPECT_EQ(fixed_point(value, places).view(), theirs(value, places)) << value;
        EXPECT_EQ(fixed_point(-value, places).view(), theirs(-value, places)) << value;
    }
}

void expect_panic(double value, int places) {
    EXPECT_THROW((void)fixed_point(value, places), test::Panic) << value << ' ' << places;
}

TEST(FixedPoint, NumbersOfAllSizesAreWrittenAsTheCLibraryWritesThem) {
    std::mt19937_64 random(44);
    for (int round = 0; round < 10'000;) {
        const double value = std::bit_cast<double>(random());
        if (!(std::fabs(value) < 0x1p64)) continue;
        expect_same(value);
        ++round;
    }
}

TEST(FixedPoint, OrdinaryNumbersAreWrittenAsTheCLibraryWritesThem) {
    std::mt19937_64 random(45);
    std::uniform_real_distribution<double> ordinary(0, 10'000);
    for (int round = 0; round < 10'000; ++round) expect_same(ordinary(random));
}

TEST(FixedPoint, WhatLiesInTheMiddleGoesToTheEvenDigit) {
    EXPECT_EQ(fixed_point(0.5, 0).view(), "0");
    EXPECT_EQ(fixed_point(1.5, 0).view(), "2");
    EXPECT_EQ(fixed_point(0.25, 1).view(), "0.2");
    EXPECT_EQ(fixed_point(0.0625, 3).view(), "0.062");
    // A number of sixteenths lies in the middle for any of the scales, or next to it.
    for (int sixteenths = 0; sixteenths < 6'400; ++sixteenths) {
        const double value = sixteenths / 16.0;
        expect_same(value);
        expect_same(std::nextafter(value, -1));
        expect_same(std::nextafter(value, 1e9));
    }
}

TEST(FixedPoint, RoundingMayCarryIntoTheWholePart) {
    EXPECT_EQ(fixed_point(0.9996, 3).view(), "1.000");
    EXPECT_EQ(fixed_point(99.95, 1).view(), "100.0");
    EXPECT_EQ(fixed_point(-0.0004, 3).view(), "-0.000");
}

TEST(FixedPoint, TheEndsOfTheRange) {
    for (const double value :
         {0.0, std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::min(),
          0x1p-12, 0x1p-11, 0.0005, 0x1.fffffffffffffp51, 0x1p52, 0x1p53, 0x1p63,
          0x1.fffffffffffffp63}) {
        expect_same(value);
    }
}

TEST(FixedPoint, WhatHasMoreDigitsIsRefused) {
    expect_panic(0x1p64, 0);
    expect_panic(-1e300, 1);
    expect_panic(std::numeric_limits<double>::infinity(), 1);
    expect_panic(std::numeric_limits<double>::quiet_NaN(), 1);
    expect_panic(1, 4);
    expect_panic(1, -1);
}

}  // namespace
}  // namespace heap44
