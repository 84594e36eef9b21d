// SPDX-License-Identifier: MIT
// Two-level segregated fit: its classes, and what it finds without a search.
#include "mm/heap/designs/tlsf.hpp"

#include <gtest/gtest.h>
#include <vector>

#include "support/offsets.hpp"

namespace heap44::test {

namespace {

using TlsfHeap = Offsets<mm::Tlsf>;
using mm::TwoLevelIndex;

TEST(TwoLevelIndex, ClassesFollowEachOtherAsSizesGrow) {
    TwoLevelIndex::Class last = TwoLevelIndex::class_of(1);
    for (std::uint32_t size = 2; size < 100'000; ++size) {
        const TwoLevelIndex::Class next = TwoLevelIndex::class_of(size);
        const bool is_next_step = next.first == last.first && next.second == last.second + 1;
        const bool is_next_level =
            next.first == last.first + 1 && next.second == 0 && last.second == 15;
        ASSERT_TRUE(next == last || is_next_step || is_next_level) << size;
        last = next;
    }
}

TEST(TwoLevelIndex, ClassAboveHoldsOnlyWhatIsLargeEnough) {
    for (std::uint32_t size = 1; size < 100'000; ++size) {
        const auto above = TwoLevelIndex::class_above(size);
        ASSERT_TRUE(above);
        // A size of one class less would be in the class below.
        ASSERT_EQ(size == 1 || TwoLevelIndex::class_of(size - 1) != *above, true) << size;
    }
    EXPECT_EQ(TwoLevelIndex::class_above(0xf7ff'ffff), TwoLevelIndex::class_of(0xffff'fffe));
    EXPECT_EQ(TwoLevelIndex::class_above(0xf800'0000), std::nullopt);
    EXPECT_EQ(TwoLevelIndex::class_above(~std::uint64_t{0}), std::nullopt);
    EXPECT_EQ(TwoLevelIndex::class_above(std::uint64_t{1} << 32), std::nullopt);
}

TEST(TwoLevelIndex, ClassAboveIsTheSizesOwnOrTheNextOne) {
    for (std::uint32_t size = 2; size < 100'000; ++size) {
        const TwoLevelIndex::Class own = TwoLevelIndex::class_of(size);
        const TwoLevelIndex::Class next = own.second == 15
                                              ? TwoLevelIndex::Class{own.first + 1, 0}
                                              : TwoLevelIndex::Class{own.first, own.second + 1};
        const bool is_smallest = TwoLevelIndex::class_of(size - 1) != own;
        ASSERT_EQ(TwoLevelIndex::class_above(size), is_smallest ? own : next) << size;
    }
}

TEST(TwoLevelIndex, ClassesAreAlikeInBothTheirNumbers) {
    EXPECT_NE((TwoLevelIndex::Class{1, 2}), (TwoLevelIndex::Class{1, 3}));
    EXPECT_NE((TwoLevelIndex::Class{1, 2}), (TwoLevelIndex::Class{2, 2}));
    EXPECT_EQ((TwoLevelIndex::Class{1, 2}), (TwoLevelIndex::Class{1, 2}));
}

TEST(TwoLevelIndex, HeadsAreToldOfBySizeUpToTheLargestClass) {
    TwoLevelIndex index;
    index.clear();
    const TwoLevelIndex::Class largest = TwoLevelIndex::class_of(TwoLevelIndex::none - 1);
    index.set_head(largest, 9);
    index.set_head({0, 15}, 7);
    index.set_head({1, 0}, 8);
    const auto told = [&](std::size_t most) {
        std::vector<TwoLevelIndex::Number> heads;
        index.for_each_head([&](TwoLevelIndex::Number head) {
            heads.push_back(head);
            return heads.size() < most;
        });
        return heads;
    };
    using Heads = std::vector<TwoLevelIndex::Number>;
    EXPECT_EQ(told(9), (Heads{7, 8, 9}));
    EXPECT_EQ(told(2), (Heads{7, 8}));
    EXPECT_EQ(index.first_used({1, 1}), largest);
    index.set_head(largest, TwoLevelIndex::none);
    EXPECT_EQ(told(9), (Heads{7, 8}));
    EXPECT_EQ(index.first_used({1, 1}), std::nullopt);
}

TEST(Tlsf, AllSizesAreGranulesOf16) {
    const TlsfHeap heap(4096);
    EXPECT_EQ(heap.block_size(0), 16U);
    EXPECT_EQ(heap.block_size(17), 32U);
    EXPECT_EQ(heap.block_size(20, 512), 32U) << "an alignment takes nothing: padding is a hole";
}

TEST(Tlsf, FreshHeapIsHandedOutFromTheLeft) {
    TlsfHeap heap(4096);
    EXPECT_EQ(heap.allocate(100), 0U);
    EXPECT_EQ(heap.allocate(16), 112U);
    EXPECT_EQ(heap.holes(), (Holes{{128, 3968}}));
}

TEST(Tlsf, FreedBlockJoinsBothNeighboursAtOnce) {
    TlsfHeap heap(160);
    for (std::size_t count = 0; count < 5; ++count) EXPECT_EQ(heap.allocate(32), 32 * count);
    heap.deallocate(32, 32);
    heap.deallocate(96, 32);
    EXPECT_EQ(heap.holes(), (Holes{{96, 32}, {32, 32}})) << "the lately freed first";
    heap.deallocate(64, 32);
    EXPECT_EQ(heap.holes(), (Holes{{32, 96}}));
}

// 600 and 640 bytes, 37 and 40 granules, are of different classes; 37 and 36 are of one.
TEST(Tlsf, TakesTheFirstClassThatIsLargeEnoughInAnyCase) {
    TlsfHeap heap(4096);
    EXPECT_EQ(heap.allocate(37 * 16), 0U);
    EXPECT_EQ(heap.allocate(16), 592U);
    EXPECT_EQ(heap.allocate(40 * 16), 608U);
    EXPECT_EQ(heap.allocate(16), 1248U);
    heap.deallocate(608, 40 * 16);
    heap.deallocate(0, 37 * 16);
    EXPECT_EQ(heap.allocate(37 * 16), 608U)
        << "good fit: 37 would do, but its class is not certain";
    EXPECT_EQ(heap.allocate(36 * 16), 0U) << "certain: 36 is the smallest of that class";
}

TEST(Tlsf, LastHoleOfTheRequestsOwnClassIsLookedAtBeforeGivingUp) {
    TlsfHeap heap(37 * 16);
    EXPECT_EQ(heap.allocate(37 * 16), 0U);
    EXPECT_EQ(heap.holes(), Holes{});
}

TEST(Tlsf, PaddingInFrontOfAnAlignedBlockStaysAHole) {
    TlsfHeap heap(4096);
    EXPECT_EQ(heap.allocate(16), 0U);
    EXPECT_EQ(heap.allocate(64, 512), 512U);
    EXPECT_EQ(heap.holes(), (Holes{{16, 496}, {576, 3520}}));
    heap.deallocate(512, 64, 512);
    EXPECT_EQ(heap.holes(), (Holes{{16, 4080}}));
}

TEST(Tlsf, GrowsIntoTheHoleBehindAndShrinksInPlace) {
    TlsfHeap heap(4096);
    EXPECT_EQ(heap.allocate(64), 0U);
    EXPECT_EQ(heap.reallocate(0, 64, 4096), 0U);
    EXPECT_EQ(heap.holes(), Holes{});
    EXPECT_EQ(heap.reallocate(0, 4096, 4080), 0U);
    EXPECT_EQ(heap.holes(), (Holes{{4080, 16}}));
    EXPECT_EQ(heap.reallocate(0, 4080, 100), 0U);
    EXPECT_EQ(heap.holes(), (Holes{{112, 3984}}));
}

TEST(Tlsf, SizesBeyondAllMemoryStandForTheLargest) {
    EXPECT_EQ(mm::Tlsf::block_size({~std::size_t{0}}), ~std::size_t{15});
    EXPECT_EQ(mm::Tlsf::block_size({~std::size_t{15}}), ~std::size_t{15});
}

TEST(Tlsf, BlockOfAsManyGranulesStaysWhereItIs) {
    TlsfHeap heap(4096);
    EXPECT_EQ(heap.allocate(64), 0U);
    EXPECT_EQ(heap.allocate(64), 64U);
    EXPECT_EQ(heap.reallocate(0, 64, 60), 0U);
    EXPECT_EQ(heap.reallocate(0, 60, 64), 0U);
}

// Three holes that start 16 bytes behind a multiple of 64. The one of 16 bytes comes first and does
// not do; one of 48 does not either; one of 64 is large enough for any padding.
TEST(Tlsf, WhereTheFirstHoleDoesNotAlignOneWithRoomForThePaddingIsTaken) {
    TlsfHeap heap(208);
    for (const std::size_t size : {16U, 48U, 16U, 16U, 48U, 64U}) (void)heap.allocate(size);
    heap.deallocate(144, 64);
    heap.deallocate(80, 16);
    heap.deallocate(16, 48);
    EXPECT_EQ(heap.holes(), (Holes{{80, 16}, {16, 48}, {144, 64}}));
    EXPECT_EQ(heap.allocate(16, 64), 192U);
    EXPECT_EQ(heap.allocate(16, 64), std::nullopt);
}

TEST(Tlsf, BlockAtTheHeapsEndMovesToGrow) {
    TlsfHeap heap(256);
    EXPECT_EQ(heap.allocate(128), 0U);
    EXPECT_EQ(heap.allocate(128), 128U);
    EXPECT_EQ(heap.reallocate(128, 128, 144), std::nullopt);
    heap.deallocate(0, 128);
    EXPECT_EQ(heap.reallocate(128, 128, 144), std::nullopt);
    EXPECT_EQ(heap.holes(), (Holes{{0, 128}}));
}

TEST(Tlsf, WhatIsLargerThanTheHeapHasNoPlace) {
    GuardedRegion region(256);
    std::vector<std::uint64_t> metadata(mm::Tlsf::metadata_bytes(256) / 8);
    mm::Tlsf heap(region.bytes(), std::as_writable_bytes(std::span(metadata)));
    EXPECT_EQ(heap.placement({257}, nullptr), nullptr);
    EXPECT_EQ(heap.placement({~std::size_t{0}}, nullptr), nullptr);
    EXPECT_EQ(heap.placement({16, 512}, nullptr), region.bytes().data());
    EXPECT_EQ(heap.placement({256}, nullptr), region.bytes().data());
    EXPECT_EQ(heap.allocate({257}), nullptr);
}

TEST(Tlsf, MovesWhenTheMemoryBehindIsTaken) {
    TlsfHeap heap(4096);
    EXPECT_EQ(heap.allocate(64), 0U);
    EXPECT_EQ(heap.allocate(64), 64U);
    EXPECT_EQ(heap.reallocate(0, 64, 80), 128U);
    EXPECT_EQ(heap.holes(), (Holes{{0, 64}, {208, 3888}}));
}

}  // namespace

}  // namespace heap44::test
