// SPDX-License-Identifier: MIT
// What tells two states apart: the runs in which they differ, and how these are written down.
#include "mm/heap/delta.hpp"

#include <gtest/gtest.h>
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

}  // namespace
}  // namespace heap44::mm
