// SPDX-License-Identifier: MIT
// The bump allocator: from left to right, and all back at once.
#include "mm/heap/designs/bump.hpp"

#include <gtest/gtest.h>

#include "support/offsets.hpp"

namespace heap44::test {

namespace {

using BumpHeap = Offsets<mm::Bump>;

TEST(Bump, HandsOutFromLeftToRight) {
    BumpHeap heap(1024);
    EXPECT_EQ(heap.allocate(32), 0U);
    EXPECT_EQ(heap.allocate(1), 32U);
    EXPECT_EQ(heap.allocate(20), 48U);
    EXPECT_EQ(heap.holes(), (Holes{{72, 952}}));
}

TEST(Bump, FreesNothingUntilTheLastBlockIsFreed) {
    BumpHeap heap(1024);
    EXPECT_EQ(heap.allocate(512), 0U);
    EXPECT_EQ(heap.allocate(512), 512U);
    heap.deallocate(512, 512);
    EXPECT_EQ(heap.allocate(16), std::nullopt) << "half the heap was freed, and none of it is free";
    EXPECT_EQ(heap.used_bytes(), 1024U);
    heap.deallocate(0, 512);
    EXPECT_EQ(heap.holes(), (Holes{{0, 1024}}));
    EXPECT_EQ(heap.allocate(1024), 0U);
}

// The long-lived block that the lesson ends with: one is enough to keep everything.
TEST(Bump, OneLongLivedBlockKeepsAllMemory) {
    BumpHeap heap(1024);
    EXPECT_EQ(heap.allocate(16), 0U);
    for (std::size_t count = 1; count < 64; ++count) {
        EXPECT_EQ(heap.allocate(16), 16 * count);
        heap.deallocate(16 * count, 16);
    }
    EXPECT_EQ(heap.allocate(16), std::nullopt);
}

TEST(Bump, AlignmentCostsWhatItSkips) {
    BumpHeap heap(1024);
    EXPECT_EQ(heap.allocate(16), 0U);
    EXPECT_EQ(heap.allocate(16, 256), 256U);
    EXPECT_EQ(heap.used_bytes(), 272U);
}

// The region is never touched, so it may lie where none can be mapped.
TEST(Bump, AlignmentBeyondTheEndOfAllAddressesCannotBe) {
    mm::Bump heap({reinterpret_cast<std::byte*>(0xffff'ffff'ffff'0000), 4096});
    constexpr mm::Layout aligned{16, std::size_t{1} << 63};
    EXPECT_EQ(heap.placement(aligned, nullptr), nullptr);
    EXPECT_EQ(heap.placement({4097}, nullptr), nullptr);
    EXPECT_EQ(heap.placement({4096}, nullptr), reinterpret_cast<std::byte*>(0xffff'ffff'ffff'0000));
    EXPECT_EQ(heap.allocate(aligned), nullptr);
    EXPECT_EQ(heap.used_bytes(4096), 0U);
    EXPECT_EQ(heap.allocate({16, 4096}), reinterpret_cast<std::byte*>(0xffff'ffff'ffff'0000));
}

TEST(Bump, LastBlockIsResizedWhereItIs) {
    BumpHeap heap(1024);
    EXPECT_EQ(heap.allocate(64), 0U);
    EXPECT_EQ(heap.allocate(64), 64U);
    EXPECT_EQ(heap.reallocate(64, 64, 960), 64U);
    EXPECT_EQ(heap.holes(), Holes{});
    EXPECT_EQ(heap.reallocate(64, 960, 968), std::nullopt);
    EXPECT_EQ(heap.reallocate(64, 960, 16), 64U);
    EXPECT_EQ(heap.holes(), (Holes{{80, 944}}));
}

TEST(Bump, AnyOtherBlockMovesToGrowAndStaysToShrink) {
    BumpHeap heap(1024);
    EXPECT_EQ(heap.allocate(64), 0U);
    EXPECT_EQ(heap.allocate(64), 64U);
    EXPECT_EQ(heap.reallocate(0, 64, 32), 0U);
    EXPECT_EQ(heap.holes(), (Holes{{128, 896}}));
    EXPECT_EQ(heap.reallocate(0, 32, 20), 0U) << "the same 24 bytes as before, and less";
    EXPECT_EQ(heap.reallocate(0, 20, 24), 0U) << "not one byte more is taken";
    EXPECT_EQ(heap.reallocate(0, 24, 72), 128U);
}

}  // namespace

}  // namespace heap44::test
