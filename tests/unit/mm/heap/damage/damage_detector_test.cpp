// SPDX-License-Identifier: MIT
// What the detector has nothing to watch of, and the borders of what it does watch.
#include "mm/heap/damage/damage_detector.hpp"

#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>
#include <random>
#include <string_view>

#include "mm/heap/designs/fixed_size_block.hpp"
#include "panic.hpp"
#include "region.hpp"
#include "window_heap.hpp"

namespace heap44::test {
namespace {

std::byte* at(VirtAddr address) {
    return reinterpret_cast<std::byte*>(address.value);
}

std::size_t findings(const mm::Heap& heap) {
    std::size_t count = 0;
    heap.for_each_damage([&](const mm::Damage&) { ++count; });
    heap.for_each_broken_word([&](const mm::BrokenWord&) { ++count; });
    return count;
}

TEST(DamageDetectorTest, KnowsNoWordsUnderADesignWhoseHeapIsAWindow) {
    WindowHeap heap(16);
    const VirtAddr block = heap->start() + heap.allocate(13);
    *at(block + 13) = std::byte{1};
    EXPECT_EQ(findings(*heap), 1U);
    EXPECT_FALSE(heap->find_broken_word());
    const mm::Repair repair = heap->repair();
    EXPECT_EQ(repair.holes, 0U);
    EXPECT_EQ(repair.damages, 1U);
    EXPECT_EQ(*at(block + 13), mm::Shadow::pattern);
}

TEST(DamageDetectorTest, DoesNotTakeAWindowsRecordsForItsOwn) {
    WindowHeap heap(16);
    std::ranges::generate(heap->records().last(mm::DamageDetector::bytes_needed(8192)),
                          [random = std::mt19937(1)]() mutable { return std::byte(random()); });
    heap->select("linked-list");
    EXPECT_EQ(findings(*heap), 0U);
    std::memset(at(heap->start() + 16), 0x11, 8192 - 16);
    EXPECT_EQ(findings(*heap), 1U) << "all of it is damage, and no word of a hole's";
    EXPECT_FALSE(heap->find_broken_word());
    heap->repair();
    EXPECT_EQ(heap->allocate_all(512, {16}, 0, mm::Fill::none), 512U);
    for (std::uint64_t number = 2; number <= 512; number += 2) {
        heap.free(number);
        *at(heap->ledger().with_number(number)->address) ^= std::byte{1};
        ASSERT_EQ(findings(*heap), 1U) << "a hole where #" << number << " was";
        heap->repair();
    }
}

TEST(DamageDetectorTest, FindsDamageAndBrokenWordsUnlessPoisonIsOffOnlyTheWords) {
    TestHeap heap(4096);
    EXPECT_FALSE(heap->find_broken_word());
    EXPECT_EQ(findings(*heap), 0U);
    *at(heap->start() + 100) = std::byte{1};
    *at(heap->start() + 4) = std::byte{1};
    EXPECT_EQ(heap->find_broken_word()->address, heap->start());
    EXPECT_EQ(findings(*heap), 2U);
    const mm::Repair repair = heap->repair();
    EXPECT_EQ(repair.holes, 1U);
    EXPECT_EQ(repair.damages, 1U);
    EXPECT_EQ(findings(*heap), 0U);
    heap->set_poisoning(false);
    *at(heap->start() + 100) = std::byte{1};
    EXPECT_EQ(findings(*heap), 0U);
    *at(heap->start() + 4) = std::byte{1};
    EXPECT_EQ(findings(*heap), 1U);
}

TEST(DamageDetectorTest, AHeapThatIsEmptiedWithoutPoisonIsNotFilled) {
    TestHeap heap(4096);
    const VirtAddr place = heap->start() + 2048;
    EXPECT_EQ(*at(place), mm::Shadow::pattern);
    heap->set_poisoning(false);
    *at(place) = std::byte{7};
    heap->reset();
    EXPECT_EQ(*at(place), std::byte{7});
    heap->set_poisoning(true);
    EXPECT_EQ(*at(place), mm::Shadow::pattern);
    *at(place) = std::byte{7};
    heap->set_poisoning(true);
    EXPECT_EQ(*at(place), std::byte{7}) << "it was on already: damage stays to be found";
}

TEST(DamageDetectorTest, BothWordsOfAHoleCountAsOneRepair) {
    TestHeap heap(4096);
    for (int count = 0; count < 4; ++count) heap->allocate({32}, 0);
    heap->free(*heap->ledger().with_number(1), 0);
    heap->free(*heap->ledger().with_number(3), 0);
    std::memset(at(heap->start()), 0x11, 16);
    std::memset(at(heap->start() + 64), 0x22, 4);
    EXPECT_EQ(heap->repair().holes, 2U);
    EXPECT_FALSE(heap->find_broken_word());
    EXPECT_EQ(heap->stats().holes, 3U);
}

// What ran down from the block into the words of the hole in front of it is told as one.
TEST(DamageDetectorTest, DamageReachesDownBeyondWhatIsLookedAt) {
    TestHeap heap(4096);
    for (int count = 0; count < 3; ++count) heap->allocate({64}, 0);
    heap->free(*heap->ledger().with_number(2), 0);
    const VirtAddr freed = heap->start() + 64;
    std::memset(at(freed + 16), 0x11, 48);
    heap->free(*heap->ledger().with_number(3), 0);
    ASSERT_EQ(heap->damages().first().size(), 1U);
    const mm::Damage& damage = heap->damages().first()[0];
    EXPECT_EQ(damage.bytes.first, freed + 16);
    EXPECT_EQ(damage.bytes.last, freed + 63);
    EXPECT_EQ(*at(freed + 16), mm::Shadow::pattern) << "all of it is put right";
}

TEST(DamageDetectorTest, DamageOnBothSidesOfAHolesWordsIsOneAndTheWordsStay) {
    TestHeap heap(4096);
    for (const std::size_t size : {13U, 64U, 16U}) heap->allocate({size}, 0);
    heap->free(*heap->ledger().with_number(2), 0);
    std::memset(at(heap->start() + 13), 0x11, 3);
    std::memset(at(heap->start() + 32), 0x11, 8);
    heap->free(*heap->ledger().with_number(1), 0);
    ASSERT_EQ(heap->damages().first().size(), 1U);
    EXPECT_EQ(heap->damages().first()[0].bytes.first, heap->start() + 13);
    EXPECT_EQ(heap->damages().first()[0].bytes.last, heap->start() + 39);
    EXPECT_EQ(*at(heap->start() + 32), mm::Shadow::pattern);
    EXPECT_EQ(heap->stats().largest, 4096U - 96);
    EXPECT_EQ(heap->stats().free, 4096U - 16);
}

/// What is said of a byte that is changed in a hole of 64 bytes.
void expect_broken(const char* design, std::size_t offset, std::string_view field,
                   std::size_t field_offset, std::size_t size) {
    TestHeap heap(4096);
    heap->select(design);
    for (int count = 0; count < 3; ++count) heap->allocate({64}, 0);
    const VirtAddr hole = heap->ledger().with_number(2)->address;
    heap->free(*heap->ledger().with_number(2), 0);
    *at(hole + offset) ^= std::byte{1};
    const auto broken = heap->find_broken_word();
    ASSERT_TRUE(broken) << design << ", " << offset;
    EXPECT_EQ(broken->hole, hole) << design << ", " << offset;
    EXPECT_EQ(broken->field, field) << design << ", " << offset;
    EXPECT_EQ(broken->address, hole + field_offset) << design << ", " << offset;
    EXPECT_EQ(broken->size, size) << design << ", " << offset;
    EXPECT_EQ(broken->value ^ broken->true_value, 1ULL << (8 * (offset - field_offset)));
    try {
        (void)heap->allocate({1000}, 0x1234);
        FAIL() << "the broken word was followed";
    } catch (const Panic& panic) {
        EXPECT_EQ(panic.kind, PanicKind::corrupted_heap);
        EXPECT_EQ(panic.caller, 0x1234U);
        EXPECT_EQ(panic.holder, 0U);
        EXPECT_EQ(panic.address, (hole + offset / 4 * 4).value);
    }
}

TEST(DamageDetectorTest, NamesTheWordThatIsBroken) {
    expect_broken("linked-list", 0, "size", 0, 8);
    expect_broken("linked-list", 7, "size", 0, 8);
    expect_broken("linked-list", 8, "next", 8, 8);
    expect_broken("linked-list", 15, "next", 8, 8);
    expect_broken("tlsf", 3, "size (in granules)", 0, 4);
    expect_broken("tlsf", 4, "next (a granule)", 4, 4);
    expect_broken("tlsf", 11, "previous (a granule)", 8, 4);
    expect_broken("tlsf", 60, "size at its end", 60, 4);
    expect_broken("fixed-size-block", 2, mm::FixedSizeBlock::hole_fields[1].name, 0, 8);
}

TEST(DamageDetectorTest, ResizingLooksAtTheBlockAndAtWhereItGrows) {
    TestHeap heap(4096);
    const auto block = [&](std::uint64_t number) -> const mm::Block& {
        return *heap->ledger().with_number(number);
    };
    const auto told = [&] {
        const std::size_t count = heap->damages().first().size();
        heap->damages().clear();
        return count;
    };
    for (const std::size_t size : {29U, 32U, 32U, 200U, 16U}) heap->allocate({size}, 0);
    *at(block(1).end() - 1) = std::byte{1};
    heap->reallocate(block(1), 28, 0);
    EXPECT_EQ(told(), 1U) << "the padding";
    heap->free(block(2), 0);
    *at(block(1).end() + 20) = std::byte{1};
    heap->reallocate(block(1), 30, 0);
    EXPECT_EQ(told(), 0U) << "it does not grow";
    heap->reallocate(block(1), 64, 0);
    EXPECT_EQ(told(), 1U) << "it grows up to the next block";
    heap->free(block(4), 0);
    *at(block(3).end() + 50) = std::byte{1};
    heap->reallocate(block(1), 200, 0);
    EXPECT_EQ(block(1).address, heap->start() + 96);
    EXPECT_EQ(told(), 1U) << "it moves there";
}

TEST(DamageDetectorTest, TheSwitchIsNoPartOfTheHeapsState) {
    TestHeap heap(4096);
    const mm::Heap::State state = heap->state();
    heap->set_poisoning(false);
    heap->set_state(state);
    EXPECT_FALSE(heap->is_poisoning());
    *at(heap->start() + 100) = std::byte{1};
    EXPECT_EQ(findings(*heap), 0U);
    heap->set_poisoning(true);
    EXPECT_EQ(*at(heap->start() + 100), mm::Shadow::pattern) << "it begins afresh";
}

// A state of a time without poison: the next operation fills its free memory, and not before.
TEST(DamageDetectorTest, AStateThatIsNotFilledIsFilledByTheNextOperation) {
    TestHeap heap(4096);
    const auto block = [&](std::uint64_t number) { return *heap->ledger().with_number(number); };
    const auto bring_back = [&] {
        heap->set_poisoning(false);
        heap->reset();
        for (int count = 0; count < 3; ++count) heap->allocate({32}, 0);
        heap->free(*heap->ledger().with_number(2), 0);
        std::memset(at(block(2).address + 16), 0x33, 16);
        const mm::Heap::State state = heap->state();
        heap->set_poisoning(true);
        std::memset(at(block(2).address + 16), 0x33, 16);
        heap->set_state(state);
        EXPECT_TRUE(heap->is_poisoning());
        EXPECT_FALSE(heap->is_watching_free());
        EXPECT_EQ(findings(*heap), 0U);
        EXPECT_EQ(heap->repair().damages, 0U);
        EXPECT_EQ(*at(block(2).address + 16), std::byte{0x33});
    };
    const std::array<void (*)(mm::Heap&), 4> operations{
        [](mm::Heap& heap) { heap.allocate({100}, 0); },
        [](mm::Heap& heap) { heap.free(*heap.ledger().with_number(3), 0); },
        [](mm::Heap& heap) { heap.reallocate(*heap.ledger().with_number(3), 8, 0); },
        [](mm::Heap& heap) { heap.set_poisoning(true); }};
    for (const auto& operation : operations) {
        bring_back();
        operation(*heap);
        EXPECT_TRUE(heap->is_watching_free());
        EXPECT_TRUE(heap->damages().empty());
        EXPECT_EQ(*at(block(2).address + 16), mm::Shadow::pattern);
        *at(block(2).address + 20) = std::byte{1};
        EXPECT_EQ(findings(*heap), 1U);
    }
    bring_back();
    *at(block(2).address) = std::byte{1};
    EXPECT_THROW(heap->allocate({100}, 0), Panic);
}

// With many holes `indexed` looks around those that it comes to, and where the block will be.
TEST(DamageDetectorTest, IndexedLooksWhereItPlacesABlock) {
    TestHeap heap(64 * 1024);
    heap->select("indexed");
    for (int count = 0; count < 60; ++count) {
        heap->allocate({400}, 0);
        heap->allocate({48}, 0);
    }
    for (std::uint64_t number = 2; number <= 120; number += 2)
        heap->free(*heap->ledger().with_number(number), 0);
    ASSERT_EQ(heap->stats().holes, 60U);
    const VirtAddr first = heap->start() + 400;
    *at(first + 30) = std::byte{1};
    heap->allocate({48}, 0);
    ASSERT_EQ(heap->damages().first().size(), 1U);
    EXPECT_EQ(heap->damages().first()[0].bytes.first, first + 30);
    // Aligned, it comes to the holes one after the other, and takes one far behind the broken one.
    const VirtAddr second = first + 448;
    *at(second + 1) ^= std::byte{1};
    EXPECT_THROW((void)heap->allocate({32, 4096}, 0), Panic);
    heap->recover();
    EXPECT_EQ(heap->repair().holes, 1U);
    EXPECT_NE(heap->allocate({32, 4096}, 0), nullptr);
}

// The index is told of the block's leaf of 2 KiB, and reads the sizes of the holes in it, though
// the hole that was taken began far in front of it.
TEST(DamageDetectorTest, IndexedLooksAtTheWholeLeafWhereABlockWillBe) {
    TestHeap heap(64 * 1024);
    heap->select("indexed");
    constexpr std::size_t leaf = 32'768;
    for (int count = 0; count < 60; ++count) {
        heap->allocate({400}, 0);
        heap->allocate({48}, 0);
    }
    const VirtAddr large = heap->allocate({7424}, 0)->address;
    ASSERT_EQ(large, heap->start() + 26'880);
    heap->allocate({504}, 0);
    const VirtAddr last = heap->allocate({1000}, 0)->address;
    ASSERT_EQ(last, heap->start() + leaf + 2040);
    heap->allocate({16}, 0);
    for (std::uint64_t number = 2; number <= 120; number += 2)
        heap->free(*heap->ledger().with_number(number), 0);
    heap->free(*heap->ledger().live_at(large), 0);
    heap->free(*heap->ledger().live_at(last), 0);
    *at(last + 8) ^= std::byte{1};
    EXPECT_THROW((void)heap->allocate({1000, leaf}, 0), Panic);
    heap->recover();
    EXPECT_EQ(heap->repair().holes, 1U);
    EXPECT_EQ(heap->allocate({1000, leaf}, 0)->address, heap->start() + leaf);
}

// With many holes `indexed` looks only at the words around the block, where holes may be none.
TEST(DamageDetectorTest, AFullHeapHasNoHoleBehindItsLastBlock) {
    TestHeap heap(4096);
    heap->select("indexed");
    for (int count = 0; count < 128; ++count) heap->allocate({32}, 0);
    for (std::uint64_t number = 1; number < 100; number += 2)
        heap->free(*heap->ledger().with_number(number), 0);
    EXPECT_EQ(heap->stats().holes, 50U);
    std::memset(at(heap->start() + 98 * 32), 0x11, 8);
    EXPECT_THROW(heap->free(*heap->ledger().with_number(128), 0), Panic)
        << "the words of the hole in front of it";
    heap->recover();
    EXPECT_EQ(heap->repair().holes, 1U);
    heap->free(*heap->ledger().with_number(128), 0);
    EXPECT_EQ(heap->stats().holes, 51U);
}

// With 18 holes or fewer the next operation may drop the index, and goes to every hole for that.
TEST(DamageDetectorTest, IndexedGoesToFarHolesOnlyWhereItMayDropItsIndex) {
    TestHeap heap(64 * 1024);
    heap->select("indexed");
    constexpr std::size_t step = 432;
    for (int count = 0; count < 60; ++count) {
        heap->allocate({400}, 0);
        heap->allocate({32}, 0);
    }
    for (std::uint64_t number = 2; number <= 120; number += 2)
        heap->free(*heap->ledger().with_number(number), 0);
    for (int count = 0; count < 41; ++count) heap->allocate({32}, 0);
    ASSERT_EQ(heap->stats().holes, 19U);
    *at(heap->start() + 50 * step + 400) ^= std::byte{1};
    const auto free_first = [&] { heap->free(*heap->ledger().live_at(heap->start()), 0); };
    EXPECT_NO_THROW(free_first());
    EXPECT_EQ(heap->allocate({400}, 0)->address, heap->start());
    EXPECT_EQ(heap->allocate({32}, 0)->address, heap->start() + 41 * step + 400);
    EXPECT_THROW(free_first(), Panic);
    heap->recover();
    EXPECT_EQ(heap->repair().holes, 1U);
    EXPECT_EQ(heap->stats().holes, 18U);
    EXPECT_NO_THROW(free_first());
}

}  // namespace
}  // namespace heap44::test
