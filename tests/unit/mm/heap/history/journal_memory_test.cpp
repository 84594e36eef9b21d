// SPDX-License-Identifier: MIT
// The journal's memory: what is enough, what each part has of more, the ring up to its last byte.
#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

#include "all_pages.hpp"
#include "lib/align.hpp"
#include "mm/heap/history/journal.hpp"
#include "window_heap.hpp"

namespace heap44::mm {
namespace {

constexpr std::size_t ring = std::size_t{64} * 1024;
constexpr std::size_t fewest_steps = 64;

std::size_t room(std::size_t size) {
    return align_up(size, 8);
}

/// One copy of the heap: region and records, and two bytes for each page of the window.
std::size_t copy_of(const Heap& heap) {
    const std::size_t pages = heap.window() ? heap.window()->size / page_size : 0;
    return room(align_up(heap.region().size(), 64) + heap.records().size()) + room(2 * pages);
}

/// What every journal has, beside steps and the ring: the last state, and memory for two maps.
std::size_t always(const Heap& heap) {
    return copy_of(heap) + 2 * room(heap.hole_map_bytes());
}

/// What is left of the least memory for steps.
std::size_t least_for_steps(const Heap& heap) {
    return Journal::least_memory(heap) - always(heap) - ring;
}

/// A heap's journal, with `rest` bytes beside what every journal has.
class TestJournal {
public:
    TestJournal(Heap& heap, std::size_t rest)
        : memory_(test::aligned_bytes(always(heap) + rest)),
          journal_(heap, {memory_.get(), always(heap) + rest}, pages_) {}
    Journal* operator->() { return &journal_; }

private:
    test::AlignedBytes memory_;
    test::AllPages pages_;
    Journal journal_;
};

TEST(JournalMemory, TheLeastIsForARingOf64KiBAndTheSameStepsForEveryHeap) {
    std::size_t steps = 0;
    {
        test::TestHeap heap(std::size_t{16} * 1024);
        steps = least_for_steps(*heap);
        EXPECT_EQ(steps % fewest_steps, 0U);
        TestJournal journal(*heap, steps + ring);
        EXPECT_EQ(journal->capacity(), ring);
        EXPECT_EQ(journal->window_capacity(), 0U);
    }
    test::WindowHeap heap(1000);
    EXPECT_EQ(least_for_steps(*heap), steps);
}

bool has_previous(Heap& heap, std::size_t rest) {
    TestJournal journal(heap, rest);
    heap.region()[0] ^= std::byte{1};
    journal->commit();
    return journal->previous() != nullptr;
}

TEST(JournalMemory, TheStateBeforeNeedsACopyAndTheSameAgain) {
    {
        test::TestHeap heap(std::size_t{16} * 1024);
        EXPECT_TRUE(has_previous(*heap, 2 * copy_of(*heap)));
        EXPECT_FALSE(has_previous(*heap, 2 * copy_of(*heap) - 1));
    }
    test::WindowHeap heap(1000);
    EXPECT_TRUE(has_previous(*heap, 2 * copy_of(*heap)));
    EXPECT_FALSE(has_previous(*heap, 2 * copy_of(*heap) - 1));
}

TEST(JournalMemory, SnapshotsHaveAQuarterOfTheRest) {
    test::TestHeap heap(std::size_t{16} * 1024);
    const std::size_t copy = copy_of(*heap);
    for (const std::size_t count : {1U, 2U, 8U}) {
        EXPECT_EQ(TestJournal(*heap, (1 + 4 * count) * copy)->snapshot_capacity(), count);
        EXPECT_EQ(TestJournal(*heap, (1 + 4 * count) * copy - 1)->snapshot_capacity(), count - 1);
    }
    EXPECT_EQ(TestJournal(*heap, (1 + 4 * 9) * copy)->snapshot_capacity(), 8U);
}

TEST(JournalMemory, PagesOfAWindowHaveAnEighthForTheStateAndOneForSnapshots) {
    test::WindowHeap heap(64);
    constexpr std::size_t share = 5 * page_size;
    TestJournal journal(*heap, 8 * share);
    EXPECT_EQ(journal->window_capacity(), share);
    EXPECT_EQ(journal->capacity(), 6 * share - least_for_steps(*heap));
    EXPECT_EQ(TestJournal(*heap, 8 * share - 1)->window_capacity(), share - page_size);
}

TEST(JournalMemory, StepsHaveASixteenth) {
    test::TestHeap heap(std::size_t{16} * 1024);
    constexpr std::size_t count = 70;
    const std::size_t step = least_for_steps(*heap) / fewest_steps;
    ASSERT_LT(16 * count * step, 2 * copy_of(*heap)) << "no other part takes any of it";
    TestJournal journal(*heap, 16 * count * step);
    for (std::size_t done = 0; done < count + 3; ++done) {
        heap->region()[0] ^= std::byte{1};
        journal->commit();
    }
    EXPECT_EQ(journal->undoable(), count);
    EXPECT_EQ(journal->forgotten(), 3U);
}

/// The least memory, and a heap that is larger than the ring.
class JournalRingTest : public testing::Test {
protected:
    using Bytes = std::vector<std::byte>;

    /// A step that takes so many bytes of the ring: of each page where it begins, in one byte, how
    /// many bytes follow, in one or two, and these. (None differs as the one a record before does.)
    void step(std::size_t size) {
        std::size_t left = size;
        for (std::size_t at = 0; left > 0; at += page_size) {
            const std::size_t head = left < 2 + 128 ? 2 : 3;
            const std::size_t changed = std::min<std::size_t>(left - head, page_size);
            for (std::size_t next = 0; next < changed; ++next) {
                heap_->region()[at + next] ^= static_cast<std::byte>(1 + next / sizeof(Block));
            }
            left -= head + changed;
        }
        journal_->commit();
    }
    [[nodiscard]] Bytes region() { return {heap_->region().begin(), heap_->region().end()}; }

    test::TestHeap heap_{std::size_t{128} * 1024};
    TestJournal journal_{*heap_, least_for_steps(*heap_) + ring};
};

TEST_F(JournalRingTest, AStepMayFillIt) {
    const Bytes before = region();
    step(ring);
    ASSERT_EQ(journal_->undoable(), 1U);
    EXPECT_EQ(journal_->forgotten(), 0U);
    const Bytes after = region();
    journal_->undo();
    EXPECT_EQ(region(), before);
    journal_->redo();
    EXPECT_EQ(region(), after);
}

TEST_F(JournalRingTest, AStepOfOneByteMoreDoesNotFit) {
    step(ring + 1);
    EXPECT_EQ(journal_->undoable(), 0U);
    EXPECT_EQ(journal_->forgotten(), 1U);
}

TEST_F(JournalRingTest, TheOldestStaysUpToTheLastByte) {
    const Bytes before = region();
    step(3);
    step(ring - 3);
    ASSERT_EQ(journal_->undoable(), 2U);
    journal_->undo(2);
    EXPECT_EQ(region(), before);
}

TEST_F(JournalRingTest, TheOldestGoesForOneByteMore) {
    step(3);
    const Bytes after_first = region();
    step(ring - 2);
    EXPECT_EQ(journal_->undoable(), 1U);
    EXPECT_EQ(journal_->forgotten(), 1U);
    journal_->undo();
    EXPECT_EQ(region(), after_first);
}

}  // namespace
}  // namespace heap44::mm
