// SPDX-License-Identifier: MIT
// Which block an address has most to do with.
#include "mm/heap/ledger/vicinity.hpp"

#include <gtest/gtest.h>

#include "region.hpp"

namespace heap44::test {
namespace {

using mm::find_vicinity;
using enum mm::Vicinity::Kind;

void expect(mm::Vicinity found, mm::Vicinity::Kind kind, std::uint64_t number,
            std::int64_t offset) {
    EXPECT_EQ(found.kind, kind);
    ASSERT_NE(found.block, nullptr);
    EXPECT_EQ(found.block->number, number);
    EXPECT_EQ(found.offset, offset);
}

TEST(VicinityTest, KnowsNothingOfAnEmptyHeap) {
    TestHeap heap;
    const mm::Vicinity found = find_vicinity(heap->ledger(), heap->start());
    EXPECT_EQ(found.kind, nowhere);
    EXPECT_EQ(found.block, nullptr);
    EXPECT_EQ(found.offset, 0);
}

TEST(VicinityTest, NothingIsNearTheUpperHalfOfTheAddressSpace) {
    TestHeap heap;
    heap->allocate({16}, 0);
    const std::uint64_t upper_half = std::uint64_t{1} << 63;
    EXPECT_EQ(find_vicinity(heap->ledger(), VirtAddr{upper_half}).kind, nowhere);
    EXPECT_EQ(find_vicinity(heap->ledger(), VirtAddr{upper_half - 1}).kind, behind);
}

TEST(VicinityTest, TellsPayloadFromPadding) {
    TestHeap heap;
    const VirtAddr start = heap->allocate({20}, 0)->address;
    expect(find_vicinity(heap->ledger(), start), payload, 1, 0);
    expect(find_vicinity(heap->ledger(), start + 19), payload, 1, 19);
    expect(find_vicinity(heap->ledger(), start + 20), padding, 1, 20);
    expect(find_vicinity(heap->ledger(), start + 23), padding, 1, 23);
    expect(find_vicinity(heap->ledger(), start + 24), behind, 1, 24);
}

TEST(VicinityTest, NamesTheBlockThatWasFreedThereLast) {
    TestHeap heap;
    const VirtAddr start = heap->allocate({64}, 0)->address;
    heap->allocate({16}, 0);
    heap->free(*heap->ledger().live_at(start), 0);
    heap->allocate({64}, 0);
    heap->free(*heap->ledger().live_at(start), 0);
    expect(find_vicinity(heap->ledger(), start + 63), freed, 3, 63);
    expect(find_vicinity(heap->ledger(), start + 64), payload, 2, 0);
}

TEST(VicinityTest, AFreedBlockAboveHasNothingToDoWithIt) {
    TestHeap heap;
    const VirtAddr start = heap->allocate({16}, 0)->address;
    heap->allocate({16, 64}, 0);
    heap->free(*heap->ledger().with_number(2), 0);
    expect(find_vicinity(heap->ledger(), start + 63), behind, 1, 63);
    expect(find_vicinity(heap->ledger(), start + 64), freed, 2, 0);
    expect(find_vicinity(heap->ledger(), start + 79), freed, 2, 15);
    expect(find_vicinity(heap->ledger(), start + 80), behind, 1, 80);
}

TEST(VicinityTest, ChoosesTheNearerOfTwoBlocks) {
    TestHeap heap;
    const VirtAddr start = heap->start();
    heap->allocate({16}, 0);
    expect(find_vicinity(heap->ledger(), start - 8), before, 1, -8);
    expect(find_vicinity(heap->ledger(), heap->end() + 8), behind, 1,
           static_cast<std::int64_t>(heap->size()) + 8);
    // A gap of 48 bytes that no remembered block explains.
    const mm::Block* high = heap->allocate({16, 64}, 0);
    ASSERT_EQ(high->address - start, 64U);
    expect(find_vicinity(heap->ledger(), start + 39), behind, 1, 39);
    expect(find_vicinity(heap->ledger(), start + 40), before, 2, -24);
    expect(find_vicinity(heap->ledger(), start + 63), before, 2, -1);
}

}  // namespace
}  // namespace heap44::test
