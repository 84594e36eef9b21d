// SPDX-License-Identifier: MIT
// The fixed-size block allocator: classes, their lists, and the linked list behind them.
#include "mm/heap/designs/fixed_size_block.hpp"

#include <gtest/gtest.h>

#include "support/offsets.hpp"

namespace heap44::test {

namespace {

using ClassHeap = Offsets<mm::FixedSizeBlock>;

TEST(FixedSizeBlock, RoundsUpToClasses) {
    const ClassHeap heap(4096);
    EXPECT_EQ(heap.block_size(17), 32U);
    EXPECT_EQ(heap.block_size(32), 32U);
    EXPECT_EQ(heap.block_size(1025), 2048U);
    EXPECT_EQ(heap.block_size(16, 64), 64U) << "the alignment decides, where it is larger";
    EXPECT_EQ(heap.block_size(2049), 2056U) << "beyond the classes it is the linked list's block";
}

TEST(FixedSizeBlock, SmallestClassTakesWhatTheLinkedListGivesAtLeast) {
    ClassHeap heap(4096);
    EXPECT_EQ(heap.block_size(8), 16U);
    EXPECT_EQ(heap.allocate(8), 0U);
    EXPECT_EQ(heap.allocate(8), 16U);
    heap.deallocate(0, 8);
    EXPECT_EQ(heap.holes(), (Holes{{0, 16}, {32, 4064}}));
}

TEST(FixedSizeBlock, FreedBlockServesItsClassAgainLastInFirstOut) {
    ClassHeap heap(4096);
    EXPECT_EQ(heap.allocate(64), 0U);
    EXPECT_EQ(heap.allocate(60), 64U);
    heap.deallocate(0, 64);
    heap.deallocate(64, 60);
    EXPECT_EQ(heap.holes(), (Holes{{64, 64}, {0, 64}, {128, 3968}}));
    EXPECT_EQ(heap.allocate(33), 64U);
    EXPECT_EQ(heap.allocate(64), 0U);
    EXPECT_EQ(heap.allocate(64), 128U);
}

TEST(FixedSizeBlock, FreedMemoryNeverServesAnotherSize) {
    ClassHeap heap(1024);
    for (std::size_t count = 0; count < 16; ++count) EXPECT_EQ(heap.allocate(64), 64 * count);
    for (std::size_t count = 0; count < 16; ++count) heap.deallocate(64 * count, 64);
    EXPECT_EQ(heap.holes().size(), 16U);
    EXPECT_EQ(heap.allocate(128), std::nullopt) << "all is free, and none of it for this class";
    EXPECT_EQ(heap.allocate(64), 960U);
}

TEST(FixedSizeBlock, HolesAreListedByClassThenByAddress) {
    ClassHeap heap(16 * 1024);
    EXPECT_EQ(heap.allocate(4096), 0U);
    EXPECT_EQ(heap.allocate(512), 4096U);
    EXPECT_EQ(heap.allocate(16), 4608U);
    EXPECT_EQ(heap.allocate(4096), 4624U);
    heap.deallocate(0, 4096);
    heap.deallocate(4096, 512);
    heap.deallocate(4608, 16);
    EXPECT_EQ(heap.holes(), (Holes{{4608, 16}, {4096, 512}, {0, 4096}, {8720, 7664}}));
}

TEST(FixedSizeBlock, BlockStaysWhereItIsWithinItsClass) {
    ClassHeap heap(4096);
    EXPECT_EQ(heap.allocate(33), 0U);
    EXPECT_EQ(heap.reallocate(0, 33, 64), 0U);
    EXPECT_EQ(heap.reallocate(0, 64, 65), 128U) << "the next class's blocks are aligned to 128";
    EXPECT_EQ(heap.reallocate(128, 65, 64), 0U);
}

}  // namespace

}  // namespace heap44::test
