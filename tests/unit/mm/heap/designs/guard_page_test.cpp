// SPDX-License-Identifier: MIT
// guard-page: where blocks lie, what is mapped, and which addresses are used again.
#include "mm/heap/designs/guard_page.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <gtest/gtest.h>
#include <tuple>
#include <vector>

#include "cell_row.hpp"
#include "shell/explain/inspect.hpp"
#include "window_heap.hpp"

namespace heap44::test {

namespace {

using Kind = mm::Cell::Kind;
using Holes = std::vector<std::pair<std::size_t, std::size_t>>;
constexpr std::size_t page = page_size;

Holes holes_of(const mm::Heap& heap) {
    Holes holes;
    const auto fault = heap.for_each_hole([&](const mm::Hole& hole) {
        holes.emplace_back(address_of(hole.address) - heap.start(), hole.size);
        return true;
    });
    EXPECT_FALSE(fault);
    return holes;
}

void expect_sound(const mm::Heap& heap) {
    EXPECT_FALSE(shell::find_problem(heap));
    std::size_t position = 0;
    std::size_t holes = 0;
    for (const auto& [start, size, kind, number] : cells_of(heap)) {
        ASSERT_EQ(start, position);
        ASSERT_NE(size, 0U);
        position += size;
        if (kind == Kind::hole) holes += size;
    }
    EXPECT_EQ(position, heap.size());
    EXPECT_EQ(holes, heap.stats().free);
    EXPECT_EQ(heap.stats().used + holes, heap.size());
}

std::byte* byte_at(mm::Heap& heap, std::size_t offset) {
    return reinterpret_cast<std::byte*>((heap.start() + offset).value);
}

// --- where blocks lie ---

TEST(GuardPage, BlocksEndWhereTheGuardPageBegins) {
    WindowHeap heap(32);
    EXPECT_EQ(heap.allocate(64), page - 64);
    EXPECT_EQ(heap.allocate(13, 1), 3 * page - 13);
    EXPECT_EQ(heap.allocate(13), 5 * page - 16);
    EXPECT_EQ(heap.allocate(13, 4), 7 * page - 16);
    EXPECT_EQ(heap.allocate(0, 1), 9 * page - 1);
    EXPECT_EQ(heap.allocate(4096), 10 * page);
    EXPECT_EQ(heap.allocate(4097, 1), 14 * page - 4097);
    EXPECT_EQ(heap.allocate(100, 4096), 15 * page);
    EXPECT_EQ(heap.allocate(100, 8 * page), 24 * page);
    expect_sound(*heap);
}

TEST(GuardPage, TakesWhatIsAskedForRoundedUpToTheAlignment) {
    EXPECT_EQ(mm::GuardPage::block_size({13, 1}), 13U);
    EXPECT_EQ(mm::GuardPage::block_size({13, 8}), 16U);
    EXPECT_EQ(mm::GuardPage::block_size({0, 8}), 8U);
    EXPECT_EQ(mm::GuardPage::block_size({4097, 8192}), 2 * page);
}

TEST(GuardPage, CellsShowOverheadBlockPaddingGuardAndWhatWasFreed) {
    WindowHeap heap(8);
    heap.allocate(13);
    heap.allocate(4096);
    heap.free(2);
    EXPECT_EQ(cells_of(*heap), (CellRow{{0, page - 16, Kind::overhead, 0},
                                        {page - 16, 13, Kind::block, 1},
                                        {page - 3, 3, Kind::padding, 1},
                                        {page, page, Kind::guard, 1},
                                        {2 * page, 2 * page, Kind::unmapped, 0},
                                        {4 * page, 4 * page, Kind::hole, 0}}));
    EXPECT_EQ(heap->stats().free, 4 * page);
    EXPECT_EQ(heap->stats().used, 4 * page) << "freed but not yet usable counts as used";
}

TEST(GuardPage, AlignsAddressesWhereverTheWindowStarts) {
    struct NoPages final : mm::PageControl {
        bool map(VirtAddr, std::size_t) override { return true; }
        void unmap(VirtAddr, std::size_t) override {}
    } pages;
    const VirtAddr start = guard_window_start + 3 * page;
    std::vector<std::uint64_t> memory(mm::GuardPage::metadata_bytes(16 * page) / 8);
    mm::GuardPage design({reinterpret_cast<std::byte*>(start.value), 16 * page},
                         std::as_writable_bytes(std::span(memory)), pages);
    EXPECT_EQ(address_of(design.allocate({100, 4 * page})), start + page);
    EXPECT_EQ(address_of(design.allocate({100, 8 * page})), start + 5 * page);
}

// --- what is mapped ---

TEST(GuardPage, FirstAndLastByteCanBeUsed) {
    WindowHeap heap(8);
    const std::size_t block = heap.allocate(64);
    std::memset(byte_at(*heap, block), 0xee, 64);
    EXPECT_EQ(*byte_at(*heap, block + 63), std::byte{0xee});
    EXPECT_EQ(*byte_at(*heap, block - 1), mm::Shadow::pattern)
        << "the rest of its page is there, too";
    EXPECT_EQ(heap.pages().mapped(), 1U);
}

TEST(GuardPageDeathTest, NextByteStopsTheInstruction) {
    WindowHeap heap(8);
    volatile std::byte* block = byte_at(*heap, heap.allocate(64));
    EXPECT_DEATH(block[64] = std::byte{1}, "SEGV on unknown address 0x446000001000.*|SEGV");
}

TEST(GuardPageDeathTest, FreedBlockIsGone) {
    WindowHeap heap(8);
    volatile std::byte* block = byte_at(*heap, heap.allocate(64));
    heap.free(1);
    EXPECT_EQ(heap.pages().mapped(), 0U);
    EXPECT_DEATH((void)block[0], "SEGV");
}

TEST(GuardPage, MemoryIsZeroEachTime) {
    WindowHeap heap(2);
    for (int round = 0; round < 2; ++round) {
        const std::size_t block = heap.allocate(64);
        EXPECT_EQ(block, page - 64);
        EXPECT_EQ(*byte_at(*heap, block), std::byte{0});
        *byte_at(*heap, block) = std::byte{7};
        heap->free(*heap->ledger().live_from(heap->start()), 0);
    }
}

TEST(GuardPage, LeavingTheDesignUnmapsAll) {
    WindowHeap heap(16);
    for (int count = 0; count < 4; ++count) heap.allocate(5000);
    EXPECT_EQ(heap.pages().mapped(), 8U);
    std::size_t seen = 0;
    heap->for_each_mapped([&](VirtAddr start, std::size_t pages) {
        EXPECT_EQ(start, heap->start() + seen / 2 * 3 * page);
        seen += pages;
    });
    EXPECT_EQ(seen, 8U);
    heap->reset();
    EXPECT_EQ(heap.pages().mapped(), 0U);
    EXPECT_EQ(heap.allocate(64), page - 64);
    EXPECT_TRUE(heap->select("linked-list"));
    EXPECT_EQ(heap.pages().mapped(), 0U);
    EXPECT_EQ(heap->start(), heap_start);
    EXPECT_EQ(heap->size(), 8192U);
    EXPECT_EQ(heap->allocate({64}, 0)->address, heap_start);
    expect_sound(*heap);
    EXPECT_TRUE(heap->select("guard-page"));
    EXPECT_EQ(heap.allocate(64), page - 64);
    expect_sound(*heap);
}

TEST(GuardPage, CannotBeSelectedWithoutAWindow) {
    TestHeap heap(8192);
    EXPECT_FALSE(heap->select("guard-page"));
    EXPECT_EQ(heap->design(), "linked-list");
}

// --- which addresses are used again ---

TEST(GuardPage, FreedAddressesAreNotUsedWhileThereAreFreshOnes) {
    WindowHeap heap(6);
    EXPECT_EQ(heap.allocate(8), page - 8);
    heap.free(1);
    EXPECT_EQ(heap.allocate(8), 3 * page - 8);
    heap.free(2);
    EXPECT_EQ(heap.allocate(8), 5 * page - 8);
    EXPECT_EQ(heap->reused_count(), 0U);
}

TEST(GuardPage, LongestFreedComeFirstWhenTheWindowIsUsedUp) {
    WindowHeap heap(8);
    for (int count = 0; count < 4; ++count) heap.allocate(8);
    for (const std::uint64_t number : {3U, 1U, 4U}) heap.free(number);
    EXPECT_EQ(holes_of(*heap), Holes{});
    EXPECT_EQ(heap.allocate(8), 5 * page - 8) << "#3 was freed first";
    EXPECT_EQ(heap->reused_count(), 1U);
    EXPECT_EQ(heap.allocate(8), page - 8);
    EXPECT_EQ(heap.allocate(8), 7 * page - 8);
    EXPECT_EQ(heap->reused_count(), 3U);
    EXPECT_EQ(heap->allocate({8}, 0), nullptr);
    expect_sound(*heap);
    heap->select("linked-list");
    EXPECT_EQ(heap->reused_count(), 0U) << "other designs use addresses again as they come";
}

TEST(GuardPage, SeveralAreJoinedForALargerBlock) {
    WindowHeap heap(10);
    for (int count = 0; count < 4; ++count) heap.allocate(8);
    for (const std::uint64_t number : {2U, 4U, 3U}) heap.free(number);
    EXPECT_EQ(holes_of(*heap), (Holes{{8 * page, 2 * page}}));
    // 2 makes no hole of 4 pages, 4 does with what was never used; 3 goes on waiting.
    EXPECT_EQ(heap.allocate(3 * page), 6 * page);
    EXPECT_EQ(heap->reused_count(), 2U);
    EXPECT_EQ(holes_of(*heap), (Holes{{2 * page, 2 * page}}));
    EXPECT_EQ(std::get<Kind>(cells_of(*heap)[4]), Kind::unmapped);
    expect_sound(*heap);
}

TEST(GuardPage, AWalkOverTheHolesEndsWhenTheVisitorHasEnough) {
    WindowHeap heap(16);
    heap.allocate(8);
    heap.allocate(8, 8 * page);
    EXPECT_EQ(holes_of(*heap), (Holes{{2 * page, 6 * page}, {10 * page, 6 * page}}));
    std::size_t seen = 0;
    heap->for_each_hole([&](const mm::Hole&) { return ++seen < 1; });
    EXPECT_EQ(seen, 1U);
}

TEST(GuardPage, RequestThatFailsReleasesNothing) {
    WindowHeap heap(10);
    for (int count = 0; count < 4; ++count) heap.allocate(8);
    for (const std::uint64_t number : {3U, 1U, 4U}) heap.free(number);
    const CellRow cells = cells_of(*heap);
    EXPECT_EQ(heap->allocate({8 * page}, 0), nullptr) << "no place, though all are released";
    heap.pages().limit = 2;
    EXPECT_EQ(heap->allocate({3 * page}, 0), nullptr) << "a place, but no memory";
    EXPECT_EQ(cells_of(*heap), cells);
    EXPECT_EQ(heap->reused_count(), 0U);
    EXPECT_EQ(heap.pages().mapped(), 1U);
    heap.pages().limit = 100;
    EXPECT_EQ(heap.allocate(8), 9 * page - 8);
    EXPECT_EQ(heap.allocate(8), 5 * page - 8) << "the order is what it was";
    EXPECT_EQ(heap.allocate(8), page - 8);
    expect_sound(*heap);
}

TEST(GuardPage, BlocksThatAreTakenBackLeaveNoPage) {
    WindowHeap heap(16);
    for (int count = 0; count < 3; ++count) heap.allocate(8);
    heap.free(2);
    const CellRow cells = cells_of(*heap);
    EXPECT_EQ(heap->allocate_all(100, {8}, 0, mm::Fill::none), 6U);
    EXPECT_EQ(cells_of(*heap), cells);
    EXPECT_EQ(heap.pages().mapped(), 2U);
    heap->try_place({5000}, [&](const std::byte* block) {
        EXPECT_EQ(address_of(block), heap->start() + 8 * page - 5000);
    });
    EXPECT_EQ(cells_of(*heap), cells);
    EXPECT_EQ(heap.pages().mapped(), 2U);
    EXPECT_EQ(heap->allocate_all(6, {8}, 0, mm::Fill::none), 6U);
    EXPECT_EQ(heap->ledger().last_number(), 9U);
    expect_sound(*heap);
}

TEST(GuardPage, ReallocationMovesAndUnmapsTheOldPlace) {
    WindowHeap heap(16);
    heap.allocate(64);
    std::memset(byte_at(*heap, page - 64), 0x5a, 64);
    const mm::Block* moved = heap->reallocate(*heap->ledger().with_number(1), 100, 0);
    ASSERT_NE(moved, nullptr);
    EXPECT_EQ(moved->address, heap->start() + 3 * page - 104);
    EXPECT_EQ(*byte_at(*heap, 3 * page - 104 + 63), std::byte{0x5a});
    EXPECT_EQ(heap.pages().mapped(), 1U);
    expect_sound(*heap);
}

}  // namespace

}  // namespace heap44::test
