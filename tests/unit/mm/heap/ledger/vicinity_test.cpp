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
    EXPECT_EQ(find_vicinity(heap->ledger(), {std::uint64_t{1} << 63}).kind, nowhere);
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
    // A gap of 48 bytes that no remembered block explains.
    const mm::Block* high = heap->allocate({16, 64}, 0);
    ASSERT_EQ(high->address - start, 64U);
    expect(find_vicinity(heap->ledger(), start + 39), behind, 1, 39);
    expect(find_vicinity(heap->ledger(), start + 40), before, 2, -24);
    expect(find_vicinity(heap->ledger(), start + 63), before, 2, -1);
}

TEST(VicinityTest, KnowsALiveBlockNoFartherThanItsNeighbourhood) {
    TestHeap heap;
    const VirtAddr freed_one = heap->allocate({600}, 0)->address;
    const VirtAddr block = heap->allocate({13}, 0)->address;
    heap->free(*heap->ledger().live_at(freed_one), 0);
    expect(find_vicinity(heap->ledger(), freed_one), freed, 1, 0);
    expect(find_vicinity(heap->ledger(), block + 16 + 255), behind, 2, 16 + 255);
    EXPECT_EQ(find_vicinity(heap->ledger(), block + 16 + 256).kind, nowhere);
    EXPECT_EQ(find_vicinity(heap->ledger(), block + 16 + 256).block, nullptr);
}

TEST(VicinityTest, ANeighbourhoodReachesAsFarInFront) {
    TestHeap heap;
    const VirtAddr start = heap->allocate({16, 4096}, 0)->address;
    ASSERT_EQ(start, heap->start());
    const VirtAddr second = heap->allocate({16, 4096}, 0)->address;
    expect(find_vicinity(heap->ledger(), second - 256), before, 2, -256);
    EXPECT_EQ(find_vicinity(heap->ledger(), second - 257).kind, nowhere);
    expect(find_vicinity(heap->ledger(), start - 256), before, 1, -256);
    EXPECT_EQ(find_vicinity(heap->ledger(), start - 257).kind, nowhere);
    EXPECT_EQ(find_vicinity(heap->ledger(), {1}).kind, nowhere);
    EXPECT_EQ(find_vicinity(heap->ledger(), heap->end() + 8).kind, nowhere);
}

}  // namespace
}  // namespace heap44::test
