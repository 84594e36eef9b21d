// SPDX-License-Identifier: MIT
// Which accesses to the heap are wrong, and how they are named.
#include "mm/heap/damage/access.hpp"

#include <gtest/gtest.h>
#include <limits>

#include "region.hpp"

namespace heap44::test {
namespace {

using mm::judge_access;
using enum mm::AccessFault::Kind;

struct AccessTest : testing::Test {
    VirtAddr allocate(mm::Layout layout) { return heap->allocate(layout, 0)->address; }
    void free(VirtAddr address) { heap->free(*heap->ledger().live_at(address), 0); }
    void is_fine(VirtAddr address, std::size_t size) {
        EXPECT_FALSE(judge_access(heap->ledger(), address, size)) << std::hex << address.value;
    }
    void expect(VirtAddr address, std::size_t size, mm::AccessFault::Kind kind,
                std::uint64_t number, std::int64_t offset) {
        const auto fault = judge_access(heap->ledger(), address, size);
        ASSERT_TRUE(fault) << std::hex << address.value;
        EXPECT_EQ(fault->kind, kind);
        ASSERT_NE(fault->block, nullptr);
        EXPECT_EQ(fault->block->number, number);
        EXPECT_EQ(fault->offset, offset);
    }
    void expect_also(VirtAddr address, std::size_t size, mm::AccessFault::Kind kind,
                     std::uint64_t number, std::int64_t offset) {
        const auto fault = judge_access(heap->ledger(), address, size);
        ASSERT_TRUE(fault && fault->also) << std::hex << address.value;
        EXPECT_EQ(fault->also->kind, kind);
        EXPECT_EQ(fault->also->block.number, number);
        EXPECT_EQ(fault->also->offset, offset);
    }
    void expect_no_other(VirtAddr address, std::size_t size) {
        const auto fault = judge_access(heap->ledger(), address, size);
        ASSERT_TRUE(fault) << std::hex << address.value;
        EXPECT_FALSE(fault->also) << std::hex << address.value << " #" << fault->also->block.number;
    }

    TestHeap heap;
};

TEST_F(AccessTest, AllowsEveryByteOfAPayload) {
    const VirtAddr block = allocate({20});
    is_fine(block, 1);
    is_fine(block, 20);
    is_fine(block + 19, 1);
    is_fine(block + 12, 8);
    is_fine(block + 20, 0);
}

TEST_F(AccessTest, DoesNotJudgeWhatIsOutsideTheHeap) {
    allocate({20});
    is_fine(heap->start() - 8, 8);
    is_fine(heap->end(), 8);
    is_fine({0}, 8);
    is_fine({std::numeric_limits<std::uint64_t>::max()}, 1);
    is_fine({std::numeric_limits<std::uint64_t>::max() - 7}, 16);
}

TEST_F(AccessTest, NamesTheBlockWhosePaddingIsTouched) {
    const VirtAddr block = allocate({20});
    allocate({16});
    expect(block + 20, 1, overflow, 1, 20);
    expect(block + 23, 1, overflow, 1, 23);
    expect(block + 20, 4, overflow, 1, 20);
}

TEST_F(AccessTest, BlamesTheBlockInWhichAnAccessBegins) {
    const VirtAddr first = allocate({24});
    const VirtAddr second = allocate({24});
    expect(first + 20, 8, overflow, 1, 20);
    expect(first, 25, overflow, 1, 0);
    // Its end lies in freed memory, yet it is no use after free.
    free(second);
    expect(first + 23, 2, overflow, 1, 23);
}

TEST_F(AccessTest, BlamesTheBlockInWhichAnAccessEnds) {
    const VirtAddr first = allocate({20});
    const VirtAddr second = allocate({24});
    expect(second - 1, 24, underflow, 2, -1);
    free(first);
    expect(second - 4, 8, underflow, 2, -4);
    free(second);
    const VirtAddr again = allocate({24});
    expect(again - 4, 8, underflow, 3, -4);
}

TEST_F(AccessTest, NamesFreedMemoryBeforeItsNeighbours) {
    const VirtAddr first = allocate({32});
    const VirtAddr second = allocate({32});
    free(first);
    expect(first, 8, use_after_free, 1, 0);
    expect(first + 31, 1, use_after_free, 1, 31);
    is_fine(second, 32);
}

TEST_F(AccessTest, NamesFreedMemoryRightBehindABlock) {
    const VirtAddr first = allocate({16});
    const VirtAddr second = allocate({16});
    free(second);
    expect(first + 16, 1, use_after_free, 2, 0);
    expect(first + 15, 1 + 1, overflow, 1, 15);
}

TEST_F(AccessTest, ThatReachesABlocksFirstByteRunsIntoIt) {
    const VirtAddr low = allocate({13});
    allocate({16});
    expect(low + 14, 2, overflow, 1, 14);
    expect(low + 14, 3, underflow, 2, -2);
}

TEST_F(AccessTest, ThatEndsInTheLastBlocksPaddingIsNamedByWhereItBegins) {
    allocate({heap->size() - 16});
    const VirtAddr last = allocate({15});
    ASSERT_EQ(last, heap->end() - 16);
    free(heap->start());
    expect(last - 4, 20, use_after_free, 1, static_cast<std::int64_t>(heap->size()) - 20);
    expect(last - 4, 19, underflow, 2, -4);
}

TEST_F(AccessTest, NamesABlockThatIsJustMissed) {
    const VirtAddr low = allocate({16});
    const VirtAddr high = allocate({16, 256});
    ASSERT_EQ(high - low, 256U);
    expect(low + 16, 1, overflow, 1, 16);
    expect(low + 31, 1, overflow, 1, 31);
    expect(low + 32, 1, use_after_free, 1, 32);
    expect(high - 17, 1, use_after_free, 2, -17);
    expect(high - 16, 1, underflow, 2, -16);
    expect(high - 8, 8, underflow, 2, -8);
}

TEST_F(AccessTest, ReachesFromOutsideIntoTheHeap) {
    const auto fault = judge_access(heap->ledger(), heap->start() - 4, 8);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->kind, use_after_free);
    EXPECT_EQ(fault->block, nullptr);
    allocate({16});
    expect(heap->start() - 4, 8, underflow, 1, -4);
    expect(heap->start() - 4, 400, underflow, 1, -4);
    // Around the end of the address space, too.
    expect(heap->start(), std::numeric_limits<std::size_t>::max(), overflow, 1, 0);
}

TEST_F(AccessTest, NamesTheOtherBlockThatItMayBeAbout) {
    const VirtAddr first = allocate({64});
    const VirtAddr second = allocate({15});
    const VirtAddr third = allocate({16});
    free(first);
    expect_also(second - 1, 1, underflow, 2, -1);
    expect_also(second - 8, 8, underflow, 2, -8);
    expect_also(second - 8, 9, use_after_free, 1, 56);
    expect_also(third - 1, 1, underflow, 3, -1);
    expect_also(third - 1, 5, overflow, 2, 15);
    free(third);
    expect_also(third, 4, overflow, 2, 16);
    // Near misses: a byte between it and the next block, or none that could be meant.
    expect_no_other(second - 2, 1);
    expect_no_other(first, 8);
    expect_no_other(third + 1, 4);
    expect_no_other(second + 14, 2);
}

TEST_F(AccessTest, AnAccessThatCoversABlockIsNotInFrontOfTheNext) {
    const VirtAddr first = allocate({16, 32});
    const VirtAddr second = allocate({16, 32});
    const VirtAddr third = allocate({16});
    ASSERT_EQ(second - first, 32U);
    ASSERT_EQ(third, first + 16);
    free(third);
    const VirtAddr fourth = allocate({16});
    ASSERT_EQ(fourth, third);
    const VirtAddr behind = allocate({16});
    ASSERT_EQ(behind, second + 16);
    free(fourth);
    expect(fourth + 8, 24, underflow, 2, -8);
    expect_also(fourth + 8, 24, use_after_free, 4, 8);
}

TEST_F(AccessTest, KnowsNoBlockInAnEmptyHeap) {
    const auto fault = judge_access(heap->ledger(), heap->start(), 8);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->kind, use_after_free);
    EXPECT_EQ(fault->block, nullptr);
}

}  // namespace
}  // namespace heap44::test
