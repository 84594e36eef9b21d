// SPDX-License-Identifier: MIT
// Memory cut into parts: where each begins, and that what is counted is what is cut.
#include "lib/carver.hpp"

#include <array>
#include <cstdint>
#include <gtest/gtest.h>

#include "lib/address.hpp"

namespace heap44 {
namespace {

struct alignas(64) Line {
    std::array<std::byte, 64> bytes;
};

/// 1,024 bytes, aligned for anything.
class CarverTest : public testing::Test {
protected:
    /// Where a part begins.
    template <class T>
    [[nodiscard]] std::size_t offset(std::span<T> part) const {
        return address_of(part.data()) - address_of(memory_.data());
    }
    [[nodiscard]] std::size_t taken() const { return memory_.size() - rest_.size(); }

    alignas(64) std::array<std::byte, 1024> memory_{};
    std::span<std::byte> rest_{memory_};
};

TEST_F(CarverTest, PartsLieOneBehindTheOtherAtMultiplesOf8) {
    constexpr Carver<std::byte, std::uint32_t, std::uint64_t> carver{3, 5, 2};
    const auto [bytes, numbers, words] = carver.carve(rest_);
    EXPECT_EQ(bytes.size(), 3U);
    EXPECT_EQ(numbers.size(), 5U);
    EXPECT_EQ(words.size(), 2U);
    EXPECT_EQ(offset(bytes), 0U);
    EXPECT_EQ(offset(numbers), 8U);
    EXPECT_EQ(offset(words), 8U + 24);
}

TEST_F(CarverTest, TheStrictestTypeAlignsAllParts) {
    const auto [byte, lines, word, end] =
        Carver<std::byte, Line, std::uint64_t, std::byte>{1, 2, 1, 0}.carve(rest_);
    EXPECT_EQ(offset(lines), 64U);
    EXPECT_EQ(offset(word), 192U);
    EXPECT_EQ(offset(end), 256U);
    EXPECT_TRUE(end.empty());
}

TEST_F(CarverTest, WhatIsCountedIsCut) {
    const Carver<std::byte, std::uint64_t> words{9, 4};
    static_assert(Carver<std::byte, std::uint64_t>{9, 4}.bytes() == 16 + 32);
    (void)words.carve(rest_);
    EXPECT_EQ(taken(), words.bytes());
    const Carver<Line, std::byte> lines{1, 1};
    (void)lines.carve(rest_);
    EXPECT_EQ(taken(), words.bytes() + lines.bytes());
    EXPECT_EQ(lines.bytes(), 128U);
}

TEST_F(CarverTest, AllOfTheMemoryMayBeTakenAndNothingIsWritten) {
    memory_.fill(std::byte{0xa5});
    const auto [words] = Carver<std::uint64_t>{128}.carve(rest_);
    EXPECT_TRUE(rest_.empty());
    for (const std::uint64_t word : words) EXPECT_EQ(word, 0xa5a5'a5a5'a5a5'a5a5U);
    const auto [none] = Carver<std::uint64_t>{0}.carve(rest_);
    EXPECT_TRUE(none.empty());
}

}  // namespace
}  // namespace heap44
