// SPDX-License-Identifier: MIT
// guard-page: what an address in the window has to do with the blocks, in the ledger and in words.
#include <gtest/gtest.h>
#include <string>

#include "shell/explain/heap_place.hpp"
#include "shell/platform/report.hpp"
#include "window_heap.hpp"

namespace heap44::test {

namespace {

constexpr std::size_t page = page_size;

TEST(GuardPage, LedgerFindsBlocksThatStartInsideAPage) {
    WindowHeap heap(16);
    heap.allocate(64);
    heap.allocate(64);
    const mm::Ledger& ledger = heap->ledger();
    const VirtAddr first = heap->start() + page - 64;
    EXPECT_EQ(ledger.live_from(heap->start())->number, 1U);
    EXPECT_EQ(ledger.live_from(first)->number, 1U);
    EXPECT_EQ(ledger.live_from(first + 1)->number, 2U);
    EXPECT_EQ(ledger.live_up_to(first - 1), nullptr);
    EXPECT_EQ(ledger.live_up_to(first)->number, 1U);
    EXPECT_EQ(ledger.live_up_to(heap->start() + 3 * page - 65)->number, 1U);
    EXPECT_EQ(ledger.judge(first).kind, mm::Verdict::Kind::live);
    EXPECT_EQ(ledger.judge(first + 1).kind, mm::Verdict::Kind::interior_free);
    EXPECT_EQ(ledger.judge(first - 8).kind, mm::Verdict::Kind::invalid_free);
    heap.free(1);
    EXPECT_EQ(ledger.judge(first).kind, mm::Verdict::Kind::double_free);
}

struct Told {
    std::string text;
    std::uint64_t number;
    std::int64_t offset;
};

Told place(mm::Heap& heap, std::size_t offset) {
    shell::Report report;
    FixedText<200> text;
    EXPECT_TRUE(shell::place_in_window(report, text, heap, heap.start() + offset));
    return {std::string(text.view()), report.block ? report.block->number : 0, report.offset};
}

void expect_told(const Told& told, const char* text, std::uint64_t number, std::int64_t offset) {
    EXPECT_EQ(told.text, text);
    EXPECT_EQ(told.number, number);
    EXPECT_EQ(told.offset, offset);
}

TEST(GuardPage, FaultsAreToldByTheirBlock) {
    WindowHeap heap(16);
    heap.allocate(60);
    heap->set_name(*heap->ledger().with_number(1), "vec");
    heap.allocate(4096);
    expect_told(place(*heap, page), "4 bytes past #1 \"vec\", in its guard page", 1, 64);
    expect_told(place(*heap, 2 * page - 1), "1 byte in front of #2, in the guard page of #1", 2,
                -1);
    expect_told(place(*heap, 3 * page), "right behind #2, in its guard page", 2, 4096);
    heap.free(1);
    expect_told(place(*heap, page - 64),
                "byte 0 of #1 \"vec\" (freed), unmapped since a block here was freed", 1, 0);
    expect_told(place(*heap, page + 1),
                "5 bytes past #1 \"vec\" (freed), unmapped since a block here was freed", 1, 65);
    expect_told(place(*heap, 4 * page), "in a hole, never mapped", 0, 0);
}

TEST(GuardPage, WhatIsNotTheWindowsIsNotToldByIt) {
    WindowHeap heap(16);
    shell::Report report;
    FixedText<200> text;
    EXPECT_FALSE(shell::place_in_window(report, text, *heap, heap->end()));
    EXPECT_FALSE(shell::place_in_window(report, text, *heap, heap->start() - 1));
    heap->select("linked-list");
    EXPECT_FALSE(shell::place_in_window(report, text, *heap, heap->start()));
    EXPECT_EQ(text.view(), "");
    EXPECT_FALSE(report.block);
}

}  // namespace

}  // namespace heap44::test
