// SPDX-License-Identifier: MIT
#include "mm/heap/designs/linked_list.hpp"

#include <array>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#include <utility>
#include <vector>

#include "mm/heap/designs/dummy.hpp"
#include "panic.hpp"
#include "region.hpp"

namespace heap44::test {
namespace {

using mm::LinkedList;

/// Offset and size of each hole, in list order.
using Holes = std::vector<std::pair<std::size_t, std::size_t>>;

class LinkedListTest : public testing::Test {
protected:
    std::size_t allocate(std::size_t size, std::size_t align = 8) {
        return offset(list_.allocate({size, align}));
    }
    void free(std::size_t at, std::size_t size) {
        list_.deallocate(region_.bytes().data() + at, {size, 8});
    }
    Holes holes() const {
        Holes found;
        list_.for_each_hole([&](const mm::Hole& hole) {
            found.emplace_back(offset(hole.address), hole.size);
            return true;
        });
        return found;
    }
    std::size_t offset(const std::byte* address) const {
        return address == nullptr ? none
                                  : static_cast<std::size_t>(address - region_.bytes().data());
    }
    static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

    Region region_{4096};
    LinkedList list_{region_.bytes()};
};

TEST_F(LinkedListTest, ANewListIsOneHole) {
    EXPECT_EQ(holes(), (Holes{{0, 4096}}));
}

TEST_F(LinkedListTest, AHoleHoldsItsSizeAndTheNextHolesAddress) {
    allocate(16);
    allocate(16);
    allocate(16);
    free(0, 16);
    std::array<std::uint64_t, 2> words{};
    std::memcpy(words.data(), region_.bytes().data(), sizeof words);
    EXPECT_EQ(words[0], 16U);
    EXPECT_EQ(words[1], heap_start.value + 48);
    std::memcpy(words.data(), region_.bytes().data() + 48, sizeof words);
    EXPECT_EQ(words[0], 4096U - 48);
    EXPECT_EQ(words[1], 0U);
}

TEST_F(LinkedListTest, TakesTheFirstHoleThatFits) {
    allocate(64);
    allocate(16);
    allocate(32);
    allocate(16);
    free(0, 64);
    free(80, 32);
    EXPECT_EQ(allocate(32), 0U);
    EXPECT_EQ(holes(), (Holes{{32, 32}, {80, 32}, {128, 4096 - 128}}));
}

TEST_F(LinkedListTest, PassesOverAHoleThatWouldLeaveEightBytes) {
    allocate(40);
    allocate(16);
    free(0, 40);
    EXPECT_EQ(allocate(32), 56U);
    EXPECT_EQ(allocate(40), 0U);
}

TEST_F(LinkedListTest, KeepsPaddingInFrontOfAnAlignedBlockAsAHole) {
    allocate(16);
    EXPECT_EQ(allocate(64, 64), 64U);
    EXPECT_EQ(holes(), (Holes{{16, 48}, {128, 4096 - 128}}));
}

TEST_F(LinkedListTest, PaddingOfEightBytesIsTooSmallAndTheNextMultipleIsTaken) {
    allocate(24);
    EXPECT_EQ(allocate(16, 32), 64U);
    EXPECT_EQ(holes(), (Holes{{24, 40}, {80, 4096 - 80}}));
}

TEST_F(LinkedListTest, JoinsAFreedBlockWithBothNeighbours) {
    for (int block = 0; block < 4; ++block) allocate(32);
    free(0, 32);
    free(64, 32);
    EXPECT_EQ(holes().size(), 3U);
    free(32, 32);
    EXPECT_EQ(holes(), (Holes{{0, 96}, {128, 4096 - 128}}));
    free(96, 32);
    EXPECT_EQ(holes(), (Holes{{0, 4096}}));
}

TEST_F(LinkedListTest, RoundsSizesAtAllocationAndDeallocationAlike) {
    EXPECT_EQ(LinkedList::block_size({0, 1}), 16U);
    EXPECT_EQ(LinkedList::block_size({16, 1}), 16U);
    EXPECT_EQ(LinkedList::block_size({17, 1}), 24U);
    EXPECT_EQ(allocate(0), 0U);
    EXPECT_EQ(allocate(17), 16U);
    free(0, 0);
    free(16, 17);
    EXPECT_EQ(holes(), (Holes{{0, 4096}}));
}

TEST_F(LinkedListTest, AnExactFitLeavesNothing) {
    EXPECT_EQ(allocate(4096), 0U);
    EXPECT_EQ(holes(), Holes{});
    EXPECT_EQ(allocate(1), none);
    free(0, 4096);
    EXPECT_EQ(holes(), (Holes{{0, 4096}}));
}

TEST_F(LinkedListTest, WhatCannotFitFailsAndChangesNothing) {
    allocate(16);
    constexpr std::size_t max = std::numeric_limits<std::size_t>::max();
    const Holes before = holes();
    for (const std::size_t size : {std::size_t{4097}, max / 2, max - 15, max - 7, max}) {
        EXPECT_EQ(allocate(size), none) << size;
    }
    for (std::size_t align = 8192; align != 0; align *= 2) {
        EXPECT_EQ(allocate(8, align), none) << align;
    }
    EXPECT_EQ(holes(), before);
}

TEST_F(LinkedListTest, ReallocateKeepsTheContents) {
    std::byte* block = list_.allocate({24});
    std::memset(block, 0x5a, 24);
    (void)list_.allocate({16});
    std::byte* moved = mm::reallocate(list_, block, {24}, 100);
    ASSERT_NE(moved, nullptr);
    for (std::size_t index = 0; index < 24; ++index) EXPECT_EQ(moved[index], std::byte{0x5a});
    EXPECT_EQ(mm::reallocate(list_, moved, {100}, 5000), nullptr);
    EXPECT_EQ(moved[23], std::byte{0x5a});
}

TEST_F(LinkedListTest, AllocateZeroedClearsWhatWasThere) {
    std::memset(region_.bytes().data() + 16, 0xff, 1024);
    const std::byte* block = mm::allocate_zeroed(list_, {1000, 8});
    for (std::size_t index = 0; index < 1000; ++index) ASSERT_EQ(block[index], std::byte{0});
}

TEST(LinkedListRegion, TooSmallForAHolesTwoWordsHasNone) {
    const Region region(4096);
    for (const std::size_t size : {0U, 8U, 15U}) {
        LinkedList list(region.bytes().first(size));
        EXPECT_EQ(list.allocate({0}), nullptr) << size;
        list.for_each_hole([&](const mm::Hole&) {
            ADD_FAILURE() << size;
            return false;
        });
    }
    LinkedList list(region.bytes().first(23));
    EXPECT_EQ(list.allocate({16}), region.bytes().data());
    EXPECT_EQ(list.allocate({0}), nullptr);
}

TEST(SmallRegions, TooSmallForAHoleIsAnEmptyList) {
    alignas(8) std::array<std::byte, 24> memory{};
    for (const std::size_t size : {0U, 8U, 15U}) {
        LinkedList list(std::span(memory).first(size));
        EXPECT_EQ(list.allocate({1}), nullptr) << size;
    }
    LinkedList list(std::span(memory).subspan(1, 23));
    EXPECT_EQ(list.allocate({1}), memory.data() + 8) << "the region is shrunk to multiples of 8";
}

TEST(DummyTest, FailsAlwaysAndPanicsWhenItIsGivenSomething) {
    alignas(8) std::array<std::byte, 64> memory{};
    mm::Dummy dummy(memory);
    EXPECT_EQ(dummy.allocate({1}), nullptr);
    EXPECT_EQ(dummy.allocate({0}), nullptr);
    EXPECT_THROW(dummy.deallocate(memory.data(), {1}), Panic);
}

}  // namespace
}  // namespace heap44::test
