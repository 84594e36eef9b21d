// SPDX-License-Identifier: MIT
// Why there was no memory, in words and figures.
#include "shell/explain/shortage.hpp"

#include <gtest/gtest.h>
#include <string>

#include "region.hpp"
#include "window_heap.hpp"

namespace heap44::test {
namespace {

using mm::Layout;
using Reason = mm::Failure::Reason;

std::string message_of(mm::Heap& heap, Layout layout, std::size_t count = 1) {
    const std::size_t fitted = heap.allocate_all(count, layout, 0, mm::Fill::none);
    EXPECT_LT(fitted, count);
    FixedText<320> message;
    shell::print_failure(message, heap, {.layout = layout, .count = count, .fitted = fitted});
    return std::string(message.view());
}

shell::MemoryShortage shortage_of(mm::Heap& heap, Layout layout, std::size_t count = 1) {
    const std::size_t fitted = heap.allocate_all(count, layout, 0, mm::Fill::none);
    EXPECT_LT(fitted, count);
    return shell::shortage_of(heap, {.layout = layout, .count = count, .fitted = fitted});
}

class ShortageTest : public testing::Test {
protected:
    /// Holes of 24 bytes, so many, in a heap that is full otherwise; between them 16 bytes.
    void leave_holes_of_24(std::size_t count) {
        heap_->allocate_all(2 * count, {24}, 0, mm::Fill::none);
        while (heap_->stats().largest > 0) heap_->allocate({heap_->stats().largest}, 0);
        for (std::size_t number = 1; number < 2 * count; number += 2) {
            heap_->free(*heap_->ledger().with_number(number), 0);
        }
    }

    TestHeap heap_{4096};
};

TEST_F(ShortageTest, ARestOf8BytesCannotBeAHole) {
    leave_holes_of_24(1);
    EXPECT_EQ(message_of(*heap_, {16}),
              "no hole fits 16 bytes (align 8); the largest hole has 24 bytes (8 bytes would be "
              "left, too few for a hole), 24 are free in all");
    const shell::MemoryShortage shortage = shortage_of(*heap_, {16});
    EXPECT_EQ(shortage.reason, Reason::design);
    EXPECT_FALSE(shortage.fragmented);
}

TEST_F(ShortageTest, TwoSuchHolesWouldDoAsOne) {
    leave_holes_of_24(2);
    EXPECT_EQ(message_of(*heap_, {16}),
              "no hole fits 16 bytes (align 8); the largest hole has 24 bytes (8 bytes would be "
              "left, too few for a hole), 48 are free in all: that would do, in one piece; "
              "fragmentation is the cause");
    EXPECT_TRUE(shortage_of(*heap_, {16}).fragmented);
    EXPECT_FALSE(shortage_of(*heap_, {40}).fragmented) << "8 bytes would be left of that, too";
    EXPECT_TRUE(shortage_of(*heap_, {48}).fragmented);
    EXPECT_FALSE(shortage_of(*heap_, {49}).fragmented);
}

TEST_F(ShortageTest, AClassKeepsItsBlocks) {
    heap_->select("fixed-size-block");
    heap_->allocate_all(32, {128}, 0, mm::Fill::none);
    for (std::uint64_t number = 1; number <= 32; ++number) {
        heap_->free(*heap_->ledger().with_number(number), 0);
    }
    EXPECT_EQ(message_of(*heap_, {64}),
              "no hole fits 64 bytes (align 8); the largest hole has 128 bytes (kept for blocks of "
              "its own class), 4096 are free in all: that would do, in one piece; fragmentation is "
              "the cause");
    const shell::MemoryShortage shortage = shortage_of(*heap_, {64});
    EXPECT_EQ(shortage.reason, Reason::design);
    EXPECT_TRUE(shortage.fragmented);
    EXPECT_TRUE(shortage_of(*heap_, {64}, 64).fragmented);
    EXPECT_FALSE(shortage_of(*heap_, {64}, 65).fragmented);
}

TEST_F(ShortageTest, SeveralBlocksNeedAsMuchAsTheyTake) {
    heap_->allocate_all(4, {1000}, 0, mm::Fill::none);
    heap_->free(*heap_->ledger().with_number(1), 0);
    heap_->free(*heap_->ledger().with_number(3), 0);
    EXPECT_EQ(message_of(*heap_, {700}, 3),
              "no hole fits 700 bytes (align 8), 3 times: 2 would fit; the largest hole has 1000 "
              "bytes, 2096 are free in all");
    EXPECT_EQ(shortage_of(*heap_, {700}, 3).reason, Reason::no_hole);
    EXPECT_FALSE(shortage_of(*heap_, {700}, 3).fragmented) << "704 bytes each";
    EXPECT_TRUE(shortage_of(*heap_, {600}, 3).fragmented);
    EXPECT_EQ(shortage_of(*heap_, {~std::size_t{0}}, 3).asked, ~std::uint64_t{0});
}

TEST_F(ShortageTest, OneHoleIsNoFragmentation) {
    heap_->allocate({16}, 0);
    EXPECT_EQ(message_of(*heap_, {4080, 32}),
              "no hole fits 4080 bytes (align 32); the largest hole has 4080 bytes (too small "
              "behind the padding for the alignment), 4080 are free in all");
    EXPECT_FALSE(shortage_of(*heap_, {4080, 32}).fragmented);
}

TEST_F(ShortageTest, AnAlignmentWithoutAnAddressIsTheReason) {
    EXPECT_EQ(message_of(*heap_, {64, 1 << 20}),
              "no hole fits 64 bytes (align 1048576): no address in the heap is a multiple of "
              "1048576");
    EXPECT_FALSE(shortage_of(*heap_, {64, 1 << 20}).fragmented);
    // The heap starts at a multiple of 256 KiB; that there is none behind it is no reason.
    heap_->allocate({16}, 0);
    EXPECT_EQ(message_of(*heap_, {64, 1 << 18}),
              "no hole fits 64 bytes (align 262144); the largest hole has 4080 bytes (too small "
              "behind the padding for the alignment), 4080 are free in all");
}

TEST_F(ShortageTest, TlsfLooksAtTheFirstHolesOnly) {
    heap_->select("tlsf");
    // Two holes of one class, 1024 and 1040 bytes: the smaller one is freed last, and so first.
    for (const std::size_t size : {1040U, 16U, 1024U, 2000U}) heap_->allocate({size}, 0);
    while (heap_->stats().largest > 0) heap_->allocate({heap_->stats().largest}, 0);
    heap_->free(*heap_->ledger().with_number(1), 0);
    heap_->free(*heap_->ledger().with_number(3), 0);
    EXPECT_EQ(message_of(*heap_, {1040}),
              "no hole fits 1040 bytes (align 8); the largest hole has 1040 bytes (not among the "
              "holes that are looked at), 2064 are free in all: that would do, in one piece; "
              "fragmentation is the cause");
}

TEST_F(ShortageTest, WhatWasToFailSaysSo) {
    heap_->fail_after(1);
    EXPECT_EQ(message_of(*heap_, {1}),
              "'failafter' let an allocation of 1 byte (align 8) fail; nothing was taken");
    leave_holes_of_24(3);
    heap_->fail_after(1);
    const shell::MemoryShortage shortage = shortage_of(*heap_, {32});
    EXPECT_EQ(shortage.reason, Reason::failafter);
    EXPECT_FALSE(shortage.fragmented) << "it failed by order";
    EXPECT_EQ(shortage.largest, 24U);
    EXPECT_EQ(shortage.free, 72U);
}

TEST(ShortageOfRecords, AFullHeapLacksHolesThoughItsLedgerIsFullToo) {
    TestHeap heap(4096);
    heap->allocate_all(256, {16}, 0, mm::Fill::none);
    EXPECT_EQ(message_of(*heap, {16}),
              "no hole fits 16 bytes (align 8); the largest hole has 0 bytes, 0 are free in all");
    EXPECT_EQ(shortage_of(*heap, {16}).reason, Reason::no_hole);
}

TEST(ShortageOfRecords, SaysSo) {
    TestHeap heap(16 << 20);
    constexpr std::size_t most = mm::Ledger::most_live;
    EXPECT_EQ(message_of(*heap, {16}, most + 1),
              "the ledger has records for 524288 live blocks, no more");
    heap->allocate_all(most, {16}, 0, mm::Fill::none);
    const shell::MemoryShortage shortage = shortage_of(*heap, {16});
    EXPECT_EQ(shortage.reason, Reason::no_record);
    EXPECT_FALSE(shortage.fragmented);
    FixedText<320> reason;
    shell::print_reason(reason, *heap, {.layout = {16}});
    EXPECT_EQ(reason.view(), "; the ledger has records for 524288 live blocks, no more");
    // Who is resized keeps its record: it is room that it lacks.
    EXPECT_EQ(heap->reallocate(*heap->ledger().with_number(1), 16 << 20, 0), nullptr);
    FixedText<320> resized;
    shell::print_reason(resized, *heap, {.layout = {16 << 20}});
    EXPECT_TRUE(resized.view().starts_with("; the largest hole has 8388608 bytes"));
}

TEST(ShortageInAWindow, RoomIsNotMemory) {
    WindowHeap heap(16);
    heap.pages().limit = 2;
    heap.allocate(8);
    heap.allocate(8);
    EXPECT_EQ(message_of(*heap, {8}),
              "the machine has no memory left to map for 8 bytes (align 8)");
    EXPECT_EQ(shortage_of(*heap, {8}).reason, Reason::no_memory);
    EXPECT_FALSE(shortage_of(*heap, {8}).fragmented);
    EXPECT_EQ(heap->reallocate(*heap->ledger().with_number(1), 9, 0), nullptr);
    EXPECT_EQ(heap->failure_reason({9}), Reason::no_memory);
    heap->try_place({8}, [](const std::byte* block) { EXPECT_EQ(block, nullptr); });
    EXPECT_EQ(heap->failure_reason({8}), Reason::no_memory);
    heap.pages().limit = 4;
    EXPECT_EQ(message_of(*heap, {8}, 3),
              "the machine has no memory left to map for 8 bytes (align 8), 3 times: 2 would fit");
    heap.pages().limit = 100;
    EXPECT_EQ(message_of(*heap, {49152}),
              "no hole fits 49152 bytes (align 8); the largest hole has 49152 bytes (too small for "
              "a block and its guard page), 49152 are free in all");
}

TEST(ShortageInAWindow, FreedBlocksGiveTheirAddressesBackFirst) {
    WindowHeap heap(4);
    heap.allocate(8);
    heap.allocate(8);
    heap.free(1);
    ASSERT_EQ(heap->stats().free, 0U) << "what was freed waits";
    heap.pages().limit = 1;
    EXPECT_EQ(message_of(*heap, {8}),
              "the machine has no memory left to map for 8 bytes (align 8)");
    EXPECT_EQ(heap->stats().free, 0U);
    heap.pages().limit = 2;
    EXPECT_EQ(message_of(*heap, {8}, 2),
              "no hole fits 8 bytes (align 8), 2 times: 1 would fit; the largest hole has 0 bytes, "
              "0 are free in all");
    EXPECT_EQ(heap.allocate(8), page_size - 8);
}

}  // namespace
}  // namespace heap44::test
