// SPDX-License-Identifier: MIT
// What tells two states apart: the runs in which they differ, and how these are written down.
#include "mm/heap/history/delta.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace heap44::mm {
namespace {

TEST(Delta, JoinsRunsThatAreCloserThanANewOneCosts) {
    const auto runs = [](std::vector<int> places) {
        std::vector<std::byte> left(64);
        std::vector<std::byte> right(64);
        for (const int place : places) right[static_cast<std::size_t>(place)] = std::byte{1};
        std::vector<std::pair<std::size_t, std::size_t>> found;
        for_each_difference(left, right, [&](std::size_t begin, std::size_t end) {
            found.emplace_back(begin, end);
        });
        return found;
    };
    using Runs = std::vector<std::pair<std::size_t, std::size_t>>;
    EXPECT_EQ(runs({}), Runs{});
    EXPECT_EQ(runs({0}), (Runs{{0, 1}}));
    EXPECT_EQ(runs({63}), (Runs{{63, 64}}));
    EXPECT_EQ(runs({7, 8}), (Runs{{7, 9}}));
    EXPECT_EQ(runs({10, 14}), (Runs{{10, 15}}));
    EXPECT_EQ(runs({10, 15}), (Runs{{10, 11}, {15, 16}}));
}

TEST(Delta, NumbersTakeABytePerSevenBits) {
    std::vector<std::byte> memory(64);
    ByteRing ring(memory);
    const std::vector<std::uint64_t> numbers{0, 127, 128, 300, 1U << 20, ~std::uint64_t{0}};
    for (const std::uint64_t number : numbers) {
        put_number(number, [&](std::uint8_t byte) { ring.put(byte); });
    }
    EXPECT_EQ(ring.end(), 1U + 1 + 2 + 2 + 3 + 10);
    ByteRing::Reader reader(ring, 0);
    for (const std::uint64_t number : numbers) EXPECT_EQ(get_number(reader), number);
}

/// Pages of 64 bytes, records of 8.
class DifferencesTest : public testing::Test {
protected:
    using Small = Differences<64, 8>;
    using Bytes = std::vector<std::byte>;
    using Runs = std::vector<std::pair<std::size_t, std::size_t>>;

    static Runs news(const Small& differences) {
        Runs found;
        differences.for_each_news(
            [&](std::size_t begin, std::size_t end) { found.emplace_back(begin, end); });
        return found;
    }
    /// From the news alone.
    static Bytes made_again(const Small& differences, std::size_t size) {
        Small other(size, differences.is_periodic());
        for (const auto& [begin, end] : news(differences)) {
            EXPECT_LE(end, size);
            for (std::size_t at = begin; at < end; ++at) other.put_news(at, differences.news(at));
        }
        other.spread_news();
        Bytes result;
        for (std::size_t at = 0; at < size; ++at) result.push_back(other[at]);
        return result;
    }
    static const Bytes zeros_;
};
const std::vector<std::byte> DifferencesTest::zeros_(64);

TEST_F(DifferencesTest, WhatIsAloneIsToldOnce) {
    Bytes bytes = zeros_;
    bytes[20] = std::byte{5};
    const Small differences(bytes, zeros_);
    EXPECT_FALSE(differences.is_periodic());
    EXPECT_EQ(news(differences), (Runs{{20, 21}}));
    EXPECT_EQ(differences.news(20), std::byte{5});
}

TEST_F(DifferencesTest, RecordsThatChangeAlikeAreToldLikeOne) {
    Bytes bytes = zeros_;
    for (std::size_t record = 8; record < 64; record += 8) bytes[record + 2] = std::byte{7};
    bytes[42] = std::byte{4};  // all but this
    const Small differences(bytes, zeros_);
    EXPECT_TRUE(differences.is_periodic());
    EXPECT_EQ(news(differences), (Runs{{10, 11}, {42, 43}, {50, 51}}));
    EXPECT_EQ(differences.news(42), std::byte{3});
    EXPECT_EQ(made_again(differences, 64), bytes);
}

TEST_F(DifferencesTest, TheWayIsTakenThatTakesLess) {
    EXPECT_FALSE(Small(zeros_, zeros_).is_periodic());
    // One run of all, or one of 8 bytes and one of 8 behind the end; a run costs two bytes more.
    const auto is_periodic = [&](std::size_t count) {
        Bytes bytes = zeros_;
        std::fill_n(bytes.begin(), count, std::byte{1});
        return Small(bytes, zeros_).is_periodic();
    };
    EXPECT_FALSE(is_periodic(18));
    EXPECT_TRUE(is_periodic(19));
}

TEST_F(DifferencesTest, APartOfAPageEndsWhereItEnds) {
    Bytes bytes(30, std::byte{9});
    const Small differences(bytes, std::span(zeros_).first(30));
    EXPECT_TRUE(differences.is_periodic());
    EXPECT_EQ(news(differences), (Runs{{0, 8}}));
    EXPECT_EQ(made_again(differences, 30), bytes);
}

TEST_F(DifferencesTest, AnyAreMadeAgainFromTheirNews) {
    std::mt19937 random(44);
    for (int round = 0; round < 2000; ++round) {
        const std::size_t size = 1 + random() % 64;
        Bytes left(size);
        Bytes right(size);
        Bytes wanted(size);
        const bool alike = random() % 2 == 0;
        for (std::size_t at = 0; at < size; ++at) {
            left[at] = static_cast<std::byte>(random() % 3);
            const bool differs = alike ? at % 8 < 3 : random() % 4 == 0;
            right[at] = left[at] ^ static_cast<std::byte>(differs ? 1 + random() % 2 : 0);
            wanted[at] = left[at] ^ right[at];
        }
        ASSERT_EQ(made_again(Small(left, right), size), wanted) << "round " << round;
    }
}

}  // namespace
}  // namespace heap44::mm
