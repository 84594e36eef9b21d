// SPDX-License-Identifier: MIT
// The copy of what the heap's memory should hold: what it calls changed, broken, near.
#include "mm/heap/damage/shadow.hpp"

#include <cstring>
#include <gtest/gtest.h>
#include <optional>
#include <vector>

namespace heap44::test {
namespace {

using mm::AddressRange;
using mm::Hole;
using mm::Shadow;

/// A region of 512 bytes of which all is free, and nothing is a hole yet.
class ShadowTest : public testing::Test {
protected:
    ShadowTest() {
        shadow_.forget(at(0), at(size));
        shadow_.restore(at(0), at(size));
    }

    VirtAddr at(std::size_t offset) { return address_of(region_.data()) + offset; }
    std::byte* byte(std::size_t offset) {
        return reinterpret_cast<std::byte*>(region_.data()) + offset;
    }
    void write(std::size_t offset, std::size_t count = 1) { std::memset(byte(offset), 1, count); }
    void learn(std::size_t offset, std::size_t hole_size, std::size_t front, std::size_t back = 0) {
        shadow_.learn(Hole{byte(offset), hole_size, nullptr, front, back});
    }
    std::optional<std::pair<std::size_t, std::size_t>> change(std::size_t from, std::size_t to) {
        const auto found = shadow_.find_change(at(from), at(to));
        if (!found) return std::nullopt;
        return std::pair{found->first - at(0), found->last - at(0)};
    }
    std::optional<std::size_t> broken(std::size_t from = 0, std::size_t to = size) {
        const auto found = shadow_.find_broken_word(at(from), at(to));
        return found ? std::optional(*found - at(0)) : std::nullopt;
    }
    using Found = std::pair<std::size_t, std::size_t>;

    static constexpr std::size_t size = 512;
    std::vector<std::uint64_t> region_ = std::vector<std::uint64_t>(size / 8);
    std::vector<std::uint64_t> memory_ = std::vector<std::uint64_t>(Shadow::bytes_needed(size) / 8);
    Shadow shadow_{std::as_writable_bytes(std::span(memory_)),
                   std::as_writable_bytes(std::span(region_))};
};

TEST_F(ShadowTest, FreeMemoryHoldsThePattern) {
    for (std::size_t offset = 0; offset < size; ++offset)
        EXPECT_EQ(*byte(offset), Shadow::pattern) << offset;
    EXPECT_EQ(change(0, size), std::nullopt);
    EXPECT_EQ(broken(), std::nullopt);
    EXPECT_EQ(shadow_.hole_from(at(0)), std::nullopt);
    EXPECT_EQ(shadow_.hole_up_to(at(size - 1)), std::nullopt);
}

TEST_F(ShadowTest, ClearedItKnowsNoHoleAndNoWord) {
    learn(64, 32, 16);
    shadow_.clear();
    EXPECT_EQ(shadow_.hole_from(at(0)), std::nullopt);
    EXPECT_FALSE(shadow_.is_word(at(64)));
}

TEST_F(ShadowTest, FindsAChangeRightBehindABrokenWord) {
    learn(64, 64, 16);
    write(76);
    EXPECT_EQ(broken(), 76U);
    EXPECT_EQ(change(0, size), std::nullopt) << "a word is another finding";
    write(80);
    EXPECT_EQ(change(0, size), Found(80, 80));
}

TEST_F(ShadowTest, FindsEveryChangedByteWithinItsBordersOnly) {
    for (std::size_t offset = 0; offset < 40; ++offset) {
        write(offset);
        EXPECT_EQ(change(0, size), Found(offset, offset));
        EXPECT_EQ(change(offset, offset + 1), Found(offset, offset));
        EXPECT_EQ(change(0, offset), std::nullopt);
        EXPECT_EQ(change(offset + 1, size), std::nullopt);
        EXPECT_FALSE(shadow_.is_sound(at(offset), 1));
        EXPECT_TRUE(shadow_.is_sound(at(offset + 1), 8));
        shadow_.restore(at(offset), at(offset + 1));
        EXPECT_EQ(change(0, size), std::nullopt);
    }
    write(size - 1);
    EXPECT_EQ(change(0, size), Found(size - 1, size - 1));
}

TEST_F(ShadowTest, ChangesFewerThan24BytesApartAreOne) {
    write(100);
    write(125);
    EXPECT_EQ(change(0, size), Found(100, 100)) << "24 bytes lie between them";
    EXPECT_EQ(change(101, size), Found(125, 125));
    write(124);
    EXPECT_EQ(change(0, size), Found(100, 125));
    EXPECT_EQ(change(0, 124), Found(100, 100));
    EXPECT_EQ(change(0, 125), Found(100, 124));
    write(148, 2);
    EXPECT_EQ(change(0, size), Found(100, 149));
}

TEST_F(ShadowTest, AChangeIsWidenedToWhatIsNear) {
    const auto widened = [&](std::size_t first, std::size_t from, std::size_t to) {
        const AddressRange found = shadow_.widened({at(first), at(first)}, at(from), at(to));
        return Found(found.first - at(0), found.last - at(0));
    };
    write(100);
    EXPECT_EQ(widened(100, 0, size), Found(100, 100));
    write(76);
    EXPECT_EQ(widened(100, 0, size), Found(76, 100));
    EXPECT_EQ(widened(100, 76, size), Found(76, 100));
    EXPECT_EQ(widened(100, 77, size), Found(100, 100));
    shadow_.restore(at(76), at(77));
    write(75);
    EXPECT_EQ(widened(100, 0, size), Found(100, 100)) << "24 bytes lie between them";
    write(90);
    EXPECT_EQ(widened(100, 0, size), Found(75, 100)) << "by way of the one between";
    write(120);
    EXPECT_EQ(widened(100, 0, size), Found(75, 120));
    EXPECT_EQ(widened(100, 0, 120), Found(75, 100));
    write(0);
    write(20);
    EXPECT_EQ(widened(20, 0, 30), Found(0, 20));
}

TEST_F(ShadowTest, AHolesWordsAreNoChangeButMayBeBroken) {
    std::memset(byte(64), 3, 16);
    learn(64, 128, 16);
    EXPECT_EQ(change(0, size), std::nullopt) << "the words are as the heap has them";
    EXPECT_EQ(broken(), std::nullopt);
    for (std::size_t offset = 64; offset < 80; ++offset) {
        *byte(offset) = std::byte{2};
        EXPECT_EQ(change(0, size), std::nullopt) << offset;
        EXPECT_EQ(broken(), offset / 4 * 4) << offset;
        EXPECT_EQ(broken(0, offset / 4 * 4), std::nullopt) << offset;
        EXPECT_EQ(broken(offset, size), offset / 4 * 4) << offset;
        *byte(offset) = std::byte{3};
    }
    for (std::size_t offset = 0; offset < size; ++offset)
        EXPECT_EQ(shadow_.is_word(at(offset)), offset >= 64 && offset < 80) << offset;
    write(60, 30);
    EXPECT_EQ(change(0, size), Found(60, 89)) << "on both sides of the words";
    EXPECT_EQ(change(64, size), Found(80, 89));
    EXPECT_EQ(change(0, 80), Found(60, 63));
}

TEST_F(ShadowTest, BrokenWordsAreFoundBehindSoundOnes) {
    learn(0, 32, 16);
    learn(64, 64, 16, 4);
    learn(256, 64, 16);
    write(260);
    EXPECT_EQ(broken(), 260U);
    write(124);
    EXPECT_EQ(broken(), 124U) << "at the hole's end";
    EXPECT_EQ(broken(0, 124), std::nullopt);
    EXPECT_EQ(broken(128, size), 260U);
    EXPECT_EQ(broken(128, 256), std::nullopt);
}

TEST_F(ShadowTest, WordsAreRestoredHoleByHole) {
    std::memset(byte(0), 3, 16);
    learn(0, 32, 16);
    learn(64, 64, 16, 4);
    learn(256, 64, 16);
    write(0, 16);
    write(127);
    write(40);
    EXPECT_EQ(shadow_.restore_words(), 2U);
    EXPECT_EQ(broken(), std::nullopt);
    EXPECT_EQ(*byte(0), std::byte{3});
    EXPECT_EQ(*byte(15), std::byte{3});
    EXPECT_EQ(change(0, size), Found(40, 40)) << "other damage stays";
    EXPECT_EQ(shadow_.restore_words(), 0U);
}

TEST_F(ShadowTest, WordsAreToldAsTheyAreAndAsTheyShouldBe) {
    const std::uint64_t words[] = {0x1122334455667788, 0x99aabbccddeeff00};
    std::memcpy(byte(64), words, 16);
    learn(64, 128, 16);
    write(65);
    EXPECT_EQ(shadow_.value(at(64), 8), 0x1122334455660188U);
    EXPECT_EQ(shadow_.true_value(at(64), 8), words[0]);
    EXPECT_EQ(shadow_.true_value(at(72), 4), 0xddeeff00U);
    // The hole has grown: its words have changed and are learnt again.
    write(72, 8);
    learn(64, 256, 16);
    EXPECT_EQ(shadow_.true_value(at(72), 8), 0x0101010101010101U);
    EXPECT_EQ(broken(), std::nullopt);
}

TEST_F(ShadowTest, HolesAreFoundOnBothSides) {
    learn(64, 64, 16);
    learn(256, 64, 16);
    EXPECT_EQ(shadow_.hole_up_to(at(63)), std::nullopt);
    EXPECT_EQ(shadow_.hole_up_to(at(64)), at(64));
    EXPECT_EQ(shadow_.hole_up_to(at(255)), at(64));
    EXPECT_EQ(shadow_.hole_up_to(at(511)), at(256));
    EXPECT_EQ(shadow_.hole_from(at(0)), at(64));
    EXPECT_EQ(shadow_.hole_from(at(64)), at(64));
    EXPECT_EQ(shadow_.hole_from(at(65)), at(256));
    EXPECT_EQ(shadow_.hole_from(at(257)), std::nullopt);
}

TEST_F(ShadowTest, AHoleOfWhichAWordWasForgottenIsLearntAsAWhole) {
    learn(8, 24, 16);
    shadow_.forget(at(16), at(64));
    EXPECT_EQ(shadow_.hole_up_to(at(16)), at(8));
    EXPECT_FALSE(shadow_.is_word(at(16)));
    learn(8, 24, 16);
    write(16);
    EXPECT_EQ(broken(), 16U);
    EXPECT_EQ(change(0, 64), std::nullopt);
}

TEST_F(ShadowTest, WhatIsForgottenIsNoHoleAnyMore) {
    learn(64, 64, 16, 4);
    learn(128, 64, 16);
    shadow_.forget(at(64), at(128));
    EXPECT_EQ(shadow_.hole_from(at(0)), at(128));
    EXPECT_FALSE(shadow_.is_word(at(64)));
    EXPECT_FALSE(shadow_.is_word(at(79)));
    EXPECT_FALSE(shadow_.is_word(at(124)));
    EXPECT_TRUE(shadow_.is_word(at(128)));
    EXPECT_EQ(shadow_.true_value(at(64), 1), 0xf5U);
    EXPECT_EQ(shadow_.true_value(at(127), 1), 0xf5U);
    shadow_.forget(at(72), at(80));
    learn(64, 16, 16);
    shadow_.forget(at(72), at(80));
    EXPECT_TRUE(shadow_.is_word(at(71)));
    EXPECT_FALSE(shadow_.is_word(at(72)));
    EXPECT_EQ(shadow_.hole_from(at(0)), at(64)) << "it starts in front of that";
}

}  // namespace
}  // namespace heap44::test
