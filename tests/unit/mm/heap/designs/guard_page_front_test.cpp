// SPDX-License-Identifier: MIT
// guard-page with the guard in front: an underflow is stopped, and all else is as with it behind.
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "cell_row.hpp"
#include "mm/heap/designs/guard_page.hpp"
#include "shell/explain/heap_place.hpp"
#include "shell/explain/inspect.hpp"
#include "shell/platform/report.hpp"
#include "window_heap.hpp"

namespace heap44::test {

namespace {

using Kind = mm::Cell::Kind;
constexpr std::size_t page = page_size;
constexpr auto front = mm::GuardSide::front;

volatile std::byte* byte_at(mm::Heap& heap, std::size_t offset) {
    return reinterpret_cast<std::byte*>((heap.start() + offset).value);
}

TEST(GuardPageFront, BlocksBeginWhereTheGuardPageEnds) {
    WindowHeap heap(32, front);
    EXPECT_EQ(heap->guard(), front);
    EXPECT_EQ(heap.allocate(64), page);
    EXPECT_EQ(heap.allocate(13, 1), 3 * page);
    EXPECT_EQ(heap.allocate(0, 1), 5 * page);
    EXPECT_EQ(heap.allocate(4096), 7 * page);
    EXPECT_EQ(heap.allocate(4097, 1), 9 * page);
    EXPECT_EQ(heap.allocate(100, 4096), 12 * page);
    EXPECT_EQ(heap.allocate(100, 8 * page), 16 * page);
    EXPECT_EQ(heap.pages().mapped(), 8U);
    EXPECT_FALSE(shell::find_problem(*heap));
}

TEST(GuardPageFront, CellsShowGuardBlockPaddingOverheadAndWhatWasFreed) {
    WindowHeap heap(8, front);
    heap.allocate(13);
    heap.allocate(4096);
    heap.free(2);
    EXPECT_EQ(cells_of(*heap), (CellRow{{0, page, Kind::guard, 1},
                                        {page, 13, Kind::block, 1},
                                        {page + 13, 3, Kind::padding, 1},
                                        {page + 16, page - 16, Kind::overhead, 0},
                                        {2 * page, 2 * page, Kind::unmapped, 0},
                                        {4 * page, 4 * page, Kind::hole, 0}}));
    EXPECT_EQ(heap->stats().used, 4 * page);
}

TEST(GuardPageFront, TheLastPageOfTheWindowCanBeABlocks) {
    WindowHeap heap(4, front);
    heap.allocate(8);
    EXPECT_EQ(heap.allocate(page), 3 * page);
    EXPECT_EQ(heap->allocate({1}, 0), nullptr);
    EXPECT_EQ(heap->stats().free, 0U);
}

TEST(GuardPageFrontDeathTest, ByteInFrontStopsTheInstruction) {
    WindowHeap heap(8, front);
    volatile std::byte* block = byte_at(*heap, heap.allocate(64));
    block[0] = std::byte{1};
    block[64] = std::byte{1};
    EXPECT_DEATH(block[-1] = std::byte{1}, "SEGV");
}

TEST(GuardPageFront, FreedPlacesComeBackInOrderWhenTheWindowIsUsedUp) {
    WindowHeap heap(8, front);
    for (int count = 0; count < 4; ++count) heap.allocate(8);
    for (const std::uint64_t number : {3U, 1U, 4U}) heap.free(number);
    EXPECT_EQ(heap.pages().mapped(), 1U);
    EXPECT_EQ(heap.allocate(8), 5 * page);
    EXPECT_EQ(heap.allocate(8), page);
    EXPECT_EQ(heap->reused_count(), 2U);
    EXPECT_FALSE(shell::find_problem(*heap));
}

TEST(GuardPageFront, BlocksThatAreTakenBackLeaveNoPage) {
    WindowHeap heap(16, front);
    heap.allocate(8);
    const CellRow cells = cells_of(*heap);
    EXPECT_EQ(heap->allocate_all(100, {8}, 0, mm::Fill::none), 7U);
    heap->try_place({5000}, [&](const std::byte* block) {
        EXPECT_EQ(address_of(block), heap->start() + 3 * page);
    });
    EXPECT_EQ(cells_of(*heap), cells);
    EXPECT_EQ(heap.pages().mapped(), 1U);
}

TEST(GuardPageFront, AResizedBlockMovesWithItsBytes) {
    WindowHeap heap(16, front);
    *byte_at(*heap, heap.allocate(64) + 63) = std::byte{0x5a};
    const mm::Block* moved = heap->reallocate(*heap->ledger().with_number(1), 5000, 0);
    ASSERT_NE(moved, nullptr);
    EXPECT_EQ(moved->address, heap->start() + 3 * page);
    EXPECT_TRUE(*byte_at(*heap, 3 * page + 63) == std::byte{0x5a});
    EXPECT_EQ(heap.pages().mapped(), 2U);
}

TEST(GuardPageFront, AResetKeepsTheSideAndAnotherDesignForgetsIt) {
    WindowHeap heap(8, front);
    heap.allocate(8);
    heap->reset();
    EXPECT_EQ(heap->guard(), front);
    EXPECT_EQ(heap.allocate(8), page);
    heap->select("linked-list");
    EXPECT_FALSE(heap->guard());
    heap->select("guard-page");
    EXPECT_EQ(heap->guard(), mm::GuardSide::behind);
    EXPECT_EQ(heap.allocate(8), page - 8);
}

struct Told {
    std::string text;
    std::uint64_t number;
    std::int64_t offset;
    bool operator==(const Told&) const = default;
};

Told place(mm::Heap& heap, std::size_t offset) {
    shell::Report report;
    FixedText<200> text;
    EXPECT_TRUE(shell::place_in_window(report, text, heap, heap.start() + offset));
    return {std::string(text.view()), report.block ? report.block->number : 0, report.offset};
}

TEST(GuardPageFront, FaultsAreToldByTheirBlock) {
    WindowHeap heap(16, front);
    heap.allocate(60);
    heap.allocate(4096);
    EXPECT_EQ(place(*heap, page - 1), (Told{"1 byte in front of #1, in its guard page", 1, -1}));
    EXPECT_EQ(place(*heap, 0), (Told{"4096 bytes in front of #1, in its guard page", 1, -4096}));
    EXPECT_EQ(place(*heap, 3 * page - 8),
              (Told{"8 bytes in front of #2, in its guard page", 2, -8}));
    EXPECT_EQ(place(*heap, 4 * page), (Told{"right behind #2, in a hole, never mapped", 2, 4096}));
    heap.free(1);
    EXPECT_EQ(
        place(*heap, page - 1),
        (Told{"1 byte in front of #1 (freed), unmapped since a block here was freed", 1, -1}));
    EXPECT_EQ(place(*heap, page + 4),
              (Told{"byte 4 of #1 (freed), unmapped since a block here was freed", 1, 4}));
}

}  // namespace

}  // namespace heap44::test
