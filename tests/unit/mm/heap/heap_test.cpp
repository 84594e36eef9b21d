// SPDX-License-Identifier: MIT
// Heap and ledger: numbers, names, verdicts, whole-or-nothing, cells, damage found.
#include "mm/heap/heap.hpp"

#include <cstring>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "mm/heap/cells.hpp"
#include "panic.hpp"
#include "region.hpp"
#include "shell/explain/inspect.hpp"

namespace heap44::test {
namespace {

using mm::Block;
using mm::Cell;
using Kind = mm::Verdict::Kind;

TEST(HeapTest, NumbersBlocksInOrderFromOne) {
    TestHeap heap;
    EXPECT_EQ(heap->allocate({16}, 0)->number, 1U);
    const Block* second = heap->allocate({16}, 0);
    EXPECT_EQ(second->number, 2U);
    heap->free(*second, 0);
    EXPECT_EQ(heap->allocate({16}, 0)->number, 3U);
    heap->reset();
    EXPECT_EQ(heap->allocate({16}, 0)->number, 1U);
}

TEST(HeapTest, JudgesEveryAddress) {
    TestHeap heap;
    const VirtAddr first = heap->allocate({20}, 0)->address;
    const Block* second = heap->allocate({16}, 0);
    const VirtAddr freed = second->address;
    heap->free(*second, 0);
    const mm::Ledger& ledger = heap->ledger();
    EXPECT_EQ(ledger.judge(first).kind, Kind::live);
    EXPECT_EQ(ledger.judge(first + 1).kind, Kind::interior_free);
    EXPECT_EQ(ledger.judge(first + 23).kind, Kind::interior_free) << "padding is inside";
    EXPECT_EQ(ledger.judge(first + 23).block->number, 1U);
    EXPECT_EQ(ledger.judge(freed).kind, Kind::double_free);
    EXPECT_EQ(ledger.judge(freed + 8).kind, Kind::invalid_free);
    EXPECT_EQ(ledger.judge(freed + 1).kind, Kind::invalid_free);
    EXPECT_EQ(ledger.judge(heap->end() - 1).kind, Kind::invalid_free);
    EXPECT_EQ(ledger.judge(heap->end()).kind, Kind::foreign_free);
    EXPECT_EQ(ledger.judge(heap->start() - 1).kind, Kind::foreign_free);
    EXPECT_EQ(ledger.judge({0}).kind, Kind::foreign_free);
    EXPECT_EQ(ledger.judge({~std::uint64_t{0}}).kind, Kind::foreign_free);
}

TEST(HeapTest, AFreedStartWithinALiveBlockIsInterior) {
    TestHeap heap;
    const Block* low = heap->allocate({16}, 0);
    const Block* high = heap->allocate({16}, 0);
    const VirtAddr inner = high->address;
    heap->free(*low, 0);
    heap->free(*high, 0);
    heap->allocate({64}, 0);
    EXPECT_EQ(heap->ledger().judge(inner).kind, Kind::interior_free);
}

TEST(HeapTest, AllOrNothingLeavesNoTrace) {
    TestHeap heap(4096);
    const Block* old = heap->allocate({16}, 0);
    const VirtAddr freed = old->address;
    heap->free(*old, 0);
    heap->allocate({16}, 0);
    heap->free(*heap->ledger().with_number(2), 0);
    const mm::HeapStats before = heap->stats();
    EXPECT_EQ(heap->allocate_all(300, {16}, 0, mm::Fill::none), 256U);
    const mm::HeapStats after = heap->stats();
    EXPECT_EQ(after.free, before.free);
    EXPECT_EQ(after.holes, before.holes);
    EXPECT_EQ(after.peak_used, before.peak_used);
    EXPECT_EQ(after.allocations, before.allocations);
    EXPECT_EQ(after.failures, before.failures + 1);
    EXPECT_EQ(heap->ledger().last_number(), 2U) << "the numbers are used again";
    EXPECT_EQ(heap->ledger().judge(freed).kind, Kind::double_free) << "still remembered";
    EXPECT_EQ(heap->ledger().judge(freed).block->number, 2U);
    EXPECT_EQ(heap->allocate({16}, 0)->number, 3U);
}

TEST(HeapTest, RemembersTheLastFreedBlocksAndForgetsTheOldest) {
    TestHeap heap(4096);
    constexpr std::size_t rounds = 3 * mm::Ledger::remembered;
    for (std::size_t round = 0; round < rounds; ++round) {
        heap->free(*heap->allocate({16}, 0), 0);
    }
    const mm::Ledger& ledger = heap->ledger();
    for (std::uint64_t back = 0; back < mm::Ledger::remembered; ++back) {
        ASSERT_NE(ledger.with_number(rounds - back), nullptr) << back;
    }
    EXPECT_EQ(ledger.with_number(1), nullptr);
    EXPECT_EQ(ledger.with_number(rounds + 1), nullptr);
    EXPECT_EQ(ledger.with_number(0), nullptr);
}

TEST(HeapTest, TheLargestHeapHasRecordsForHalfAMillionLiveBlocks) {
    TestHeap heap(16 << 20);
    constexpr std::size_t most = mm::Ledger::most_live;
    EXPECT_EQ(heap->allocate_all(most + 1, {16}, 0, mm::Fill::none), most);
    EXPECT_EQ(heap->ledger().live_count(), 0U);
    EXPECT_EQ(heap->allocate_all(most, {16}, 0, mm::Fill::none), most);
    struct LastFailure final : mm::HeapObserver {
        void note(const mm::HeapEvent& event) override { reason = event.failure->reason; }
        std::optional<mm::Failure::Reason> reason;
    } last;
    heap->add_observer(last);
    heap->fail_after(2);
    EXPECT_EQ(heap->allocate({heap->size()}, 0), nullptr);
    EXPECT_EQ(last.reason, mm::Failure::Reason::no_record);
    EXPECT_EQ(heap->allocate({16}, 0), nullptr);
    EXPECT_EQ(last.reason, mm::Failure::Reason::failafter);
    EXPECT_EQ(heap->allocate({16}, 0), nullptr);
    EXPECT_EQ(last.reason, mm::Failure::Reason::no_record);
    EXPECT_EQ(heap->failure_reason({16}), mm::Failure::Reason::no_record);
    EXPECT_EQ(heap->reallocate(*heap->ledger().with_number(1), heap->size(), 0), nullptr);
    EXPECT_EQ(last.reason, mm::Failure::Reason::no_hole) << "it keeps its record";
    heap->remove_observer(last);
    heap->free(*heap->ledger().with_number(1), 0);
    EXPECT_NE(heap->allocate({16}, 0), nullptr);
    EXPECT_EQ(heap->stats().free, heap->size() - most * 16);
}

TEST(HeapTest, FindsALongLivedBlockByItsNumber) {
    TestHeap heap(4096);
    const Block* old = heap->allocate({16}, 0);
    for (int round = 0; round < 20'000; ++round) heap->free(*heap->allocate({16}, 0), 0);
    EXPECT_EQ(heap->ledger().with_number(1), old);
}

TEST(HeapTest, ANameBelongsToTheBlockThatWasGivenItLast) {
    TestHeap heap;
    const mm::Ledger& ledger = heap->ledger();
    const Block* first = heap->allocate({16}, 0);
    heap->set_name(*first, "a");
    EXPECT_EQ(ledger.with_name("a"), first);
    heap->free(*first, 0);
    EXPECT_EQ(ledger.with_name("a"), first) << "a freed block answers to its name";
    const Block* second = heap->allocate({16}, 0);
    heap->set_name(*second, "a");
    EXPECT_EQ(ledger.with_name("a"), second);
    EXPECT_EQ(ledger.with_name("b"), nullptr);
}

TEST(HeapTest, ReallocateKeepsNumberNameAndRemembersTheOldPlace) {
    TestHeap heap;
    const Block* block = heap->allocate({16}, 0);
    heap->set_name(*block, "a");
    const VirtAddr old = block->address;
    heap->allocate({16}, 0);
    const Block* moved = heap->reallocate(*block, 100, 0);
    ASSERT_NE(moved, nullptr);
    EXPECT_NE(moved->address, old);
    EXPECT_EQ(moved->number, 1U);
    EXPECT_EQ(heap->ledger().with_name("a"), moved);
    EXPECT_EQ(heap->ledger().with_number(1), moved);
    EXPECT_EQ(heap->ledger().judge(old).kind, Kind::double_free);
    EXPECT_EQ(heap->reallocate(*moved, 1 << 20, 0), nullptr);
    EXPECT_EQ(heap->ledger().live_count(), 2U);
}

TEST(HeapTest, TheLockNamesBothSidesOfADeadlock) {
    TestHeap heap;
    const mm::SpinlockGuard guard(heap->lock(), 0x1111);
    try {
        heap->allocate({16}, 0x2222);
        FAIL() << "the lock was given twice";
    } catch (const Panic& panic) {
        EXPECT_EQ(panic.kind, PanicKind::deadlock);
        EXPECT_EQ(panic.holder, 0x1111U);
        EXPECT_EQ(panic.caller, 0x2222U);
    }
}

TEST(HeapTest, RecoverFreesTheLockOfAnAbandonedHolder) {
    TestHeap heap;
    heap->lock().lock(1);
    heap->recover();
    EXPECT_NE(heap->allocate({16}, 0), nullptr);
}

TEST(HeapTest, CountsWhatHappensSinceItWasEmptied) {
    TestHeap heap(4096);
    const auto expect = [&](std::uint64_t allocations, std::uint64_t frees, std::uint64_t failures,
                            std::size_t peak) {
        const mm::HeapStats stats = heap->stats();
        EXPECT_EQ(stats.allocations, allocations);
        EXPECT_EQ(stats.frees, frees);
        EXPECT_EQ(stats.failures, failures);
        EXPECT_EQ(stats.peak_used, peak);
    };
    EXPECT_EQ(heap->marked_number(), 0U);
    EXPECT_EQ(heap->changed_since(), 0U);
    expect(0, 0, 0, 0);
    const Block* block = heap->allocate({64}, 0);
    EXPECT_EQ(heap->fails_in(), 0U);
    expect(1, 0, 0, 64);
    heap->reallocate(*block, 128, 0);
    expect(2, 1, 0, 128);
    heap->mark();
    EXPECT_EQ(heap->marked_number(), 1U);
    const mm::Heap::State state = heap->state();
    heap->free(*heap->ledger().with_number(1), 0);
    expect(2, 2, 0, 128);
    EXPECT_EQ(heap->allocate({5000}, 0), nullptr);
    expect(2, 2, 1, 128);
    heap->allocate({16}, 0);
    heap->mark();
    EXPECT_EQ(heap->marked_number(), 2U);
    heap->set_state(state);
    expect(2, 1, 0, 128);
    EXPECT_EQ(heap->marked_number(), 1U);
    heap->reset();
    expect(0, 0, 0, 0);
    EXPECT_EQ(heap->marked_number(), 0U);
}

TEST(HeapTest, OneOfOneIsAnAllocationLikeAnyOther) {
    TestHeap heap(4096);
    EXPECT_EQ(heap->allocate_all(1, {4096}, 0, mm::Fill::none), 1U);
    EXPECT_EQ(heap->ledger().last_number(), 1U);
    EXPECT_EQ(heap->allocate_all(1, {16}, 0, mm::Fill::none), 0U);
    EXPECT_EQ(heap->stats().failures, 1U);
    EXPECT_EQ(heap->ledger().last_number(), 1U);
}

TEST(HeapTest, FragmentationIsThePartOfTheFreeThatTheLargestHoleHasNot) {
    TestHeap heap(4096);
    EXPECT_EQ(heap->stats().fragmentation(), 0.0);
    for (const std::size_t size : {512U, 512U, 512U, 1024U, 1536U}) heap->allocate({size}, 0);
    EXPECT_EQ(heap->stats().free, 0U);
    EXPECT_EQ(heap->stats().fragmentation(), 0.0);
    heap->free(*heap->ledger().with_number(2), 0);
    heap->free(*heap->ledger().with_number(5), 0);
    EXPECT_EQ(heap->stats().largest, 1536U);
    EXPECT_EQ(heap->stats().holes, 2U);
    EXPECT_EQ(heap->stats().fragmentation(), 0.25);
}

TEST(HeapTest, SelectKnowsTheDesignsByName) {
    TestHeap heap;
    EXPECT_FALSE(heap->select("nonesuch"));
    EXPECT_TRUE(heap->select("dummy"));
    EXPECT_EQ(heap->allocate({16}, 0), nullptr);
    EXPECT_EQ(heap->stats().used, heap->size());
    EXPECT_EQ(heap->stats().fragmentation(), 0.0);
    EXPECT_FALSE(shell::find_problem(*heap));
    EXPECT_TRUE(heap->select("linked-list"));
    EXPECT_EQ(heap->stats().free, heap->size());
}

TEST(HeapTest, CellsCoverTheHeapWithoutGapWhateverHappens) {
    TestHeap heap;
    std::mt19937_64 random(44);
    std::vector<const Block*> live;
    for (int step = 0; step < 3000; ++step) {
        if (random() % 3 != 0 || live.empty()) {
            const Block* block =
                heap->allocate({random() % 300, std::size_t{1} << (random() % 8)}, 0);
            if (block != nullptr) live.push_back(block);
        } else {
            const std::size_t chosen = random() % live.size();
            heap->free(*live[chosen], 0);
            live.erase(live.begin() + static_cast<std::ptrdiff_t>(chosen));
        }
        VirtAddr position = heap->start();
        std::map<Cell::Kind, std::size_t> sums;
        mm::Cells cells(*heap);
        for (Cell cell{}; cells.next(cell);) {
            ASSERT_EQ(cell.address, position);
            ASSERT_GT(cell.size, 0U);
            sums[cell.kind] += cell.size;
            position += cell.size;
        }
        ASSERT_EQ(position, heap->end());
        const mm::HeapStats stats = heap->stats();
        ASSERT_EQ(sums[Cell::Kind::hole], stats.free);
        ASSERT_EQ(sums[Cell::Kind::block], stats.requested);
        ASSERT_EQ(sums[Cell::Kind::overhead], 0U);
        ASSERT_EQ(stats.used + stats.free, stats.size);
        ASSERT_EQ(heap->used_bytes(), stats.used);
        ASSERT_FALSE(shell::find_problem(*heap));
    }
}

/// Writes into the hole at `hole` what its two words should never be.
class DamageTest : public testing::Test {
protected:
    DamageTest() {
        heap_->allocate({32}, 0);
        heap_->allocate({32}, 0);
        heap_->allocate({32}, 0);
        heap_->free(*heap_->ledger().with_number(2), 0);
    }
    void damage(std::size_t word, std::uint64_t value) {
        std::memcpy(reinterpret_cast<std::byte*>(heap_start.value + 32 + word * 8), &value, 8);
    }
    std::string problem() {
        const auto found = shell::find_problem(*heap_);
        return found ? std::string(found->message.view()) : "";
    }
    TestHeap heap_;
};

TEST_F(DamageTest, ASoundListHasNoProblem) {
    EXPECT_EQ(problem(), "");
}
TEST_F(DamageTest, ASizeBeyondTheHeapIsFound) {
    damage(0, 1 << 20);
    EXPECT_EQ(problem(), "the hole at 0x444444440020 with 1048576 bytes does not lie in the heap");
}
TEST_F(DamageTest, ASizeOverALiveBlockIsFound) {
    damage(0, 40);
    EXPECT_EQ(problem(), "the hole at 0x444444440020 with 40 bytes overlaps a live block");
}
TEST_F(DamageTest, ASizeThatIsTooSmallIsFound) {
    damage(0, 24);
    EXPECT_EQ(problem(),
              "the holes have 102328 bytes and 64 are used, which is not the heap's size of "
              "102400");
}
TEST_F(DamageTest, AnOddSizeIsFound) {
    damage(0, 31);
    EXPECT_EQ(problem(), "the hole at 0x444444440020 with 31 bytes: both must be multiples of 8");
}
TEST_F(DamageTest, ANextOutsideTheHeapIsNotFollowed) {
    damage(1, 0xdeadbeef);
    EXPECT_EQ(problem(), "the hole at 0x444444440020 has next 0xdeadbeef, where no hole can be");
}
TEST_F(DamageTest, ACycleIsFound) {
    damage(1, heap_start.value + 32);
    EXPECT_EQ(problem(), "the list comes to the hole at 0x444444440020 twice: it is a cycle");
}

}  // namespace
}  // namespace heap44::test
