// SPDX-License-Identifier: MIT
// The journal under guard-page: pages come and go, and what they held comes back with them.
#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <vector>

#include "journal_window_fixture.hpp"
#include "panic.hpp"

namespace heap44::mm {
namespace {

TEST_F(JournalWindowTest, BringsBackWhatAFreedBlockHeld) {
    alloc(5000, 0x11);
    alloc(64, 0x22);
    const Whole before(*heap_);
    free(1);
    const Whole after(*heap_);
    EXPECT_EQ(heap_.pages().mapped(), 1U);
    journal_->undo();
    EXPECT_EQ(heap_.pages().mapped(), 3U);
    EXPECT_EQ(Whole(*heap_), before);
    journal_->redo();
    EXPECT_EQ(heap_.pages().mapped(), 1U);
    EXPECT_EQ(Whole(*heap_), after);
}

TEST_F(JournalWindowTest, KnowsTheBlocksOfOnePageApart) {
    std::vector<Whole> states{Whole(*heap_)};
    // The window has room for 32 blocks with their guard pages: each page is used several times.
    for (std::uint64_t number = 1; number <= 100; ++number) {
        alloc(100, static_cast<std::uint8_t>(number));
        states.emplace_back(*heap_);
        free(number);
        states.emplace_back(*heap_);
    }
    EXPECT_GT(heap_->reused_count(), 60U);
    for (std::size_t at = states.size() - 1; at > 0; --at) {
        journal_->undo();
        ASSERT_EQ(Whole(*heap_), states[at - 1]) << at;
    }
    journal_->redo(200);
    EXPECT_EQ(Whole(*heap_), states.back());
    journal_->undo(101);
    EXPECT_EQ(Whole(*heap_), states[99]);
}

TEST_F(JournalWindowTest, AFreshPageIsZeroWhereAnotherBlockWas) {
    alloc(page_size, 0x33);
    const Whole before(*heap_);
    heap_->reset();
    heap_->allocate({page_size, 8}, 1);  // on the same page, and nothing is written there
    journal_->commit();
    const Whole after(*heap_);
    EXPECT_NE(after, before);
    journal_->undo();
    EXPECT_EQ(Whole(*heap_), before);
    journal_->redo();
    EXPECT_EQ(Whole(*heap_), after);
}

TEST_F(JournalWindowTest, GoesBackFromTheRegionIntoTheWindow) {
    const VirtAddr block = alloc(300, 0x44);
    const Whole before(*heap_);
    heap_->select("linked-list");
    heap_->allocate({64, 8}, 1);
    journal_->commit();
    const Whole after(*heap_);
    EXPECT_EQ(heap_.pages().mapped(), 0U);
    journal_->undo();
    EXPECT_TRUE(heap_->is_window());
    EXPECT_EQ(Whole(*heap_), before);
    EXPECT_EQ(heap_->ledger().live_around(block)->number, 1U);
    journal_->redo();
    EXPECT_FALSE(heap_->is_window());
    EXPECT_EQ(heap_.pages().mapped(), 0U);
    EXPECT_EQ(Whole(*heap_), after);
    EXPECT_EQ(heap_->ledger().live_from(heap_start)->address, heap_start);
}

// Its records lie where the window's do: it has them back, and knows that it has.
TEST_F(JournalWindowTest, TheRegionsDetectorWatchesAgain) {
    heap_->select("linked-list");
    journal_->commit();
    heap_->select("guard-page");
    journal_->commit();
    journal_->undo();
    std::byte& idle = heap_->region()[4000];
    idle = std::byte{1};
    EXPECT_EQ(heap_->repair().damages, 1U);
    EXPECT_EQ(idle, Shadow::pattern);
    journal_->redo();
    idle = std::byte{1};
    EXPECT_EQ(heap_->repair().damages, 0U) << "what is there is nobody's";
}

TEST_F(JournalWindowTest, ARefusedChangeIsTakenBack) {
    const VirtAddr block = alloc(300, 0x55);
    const Whole before(*heap_);
    heap_->allocate({70, 8}, 1);
    fill(block, 8, 0x66);
    heap_.free(1);
    journal_->revert();
    EXPECT_EQ(Whole(*heap_), before);
    EXPECT_EQ(journal_->undoable(), 1U);
}

TEST_F(JournalWindowTest, ASnapshotHoldsItsPages) {
    alloc(300, 0x77);
    alloc(2 * page_size, 0x78);
    ASSERT_TRUE(journal_->take_snapshot("one"));
    const Whole then(*heap_);
    free(1);
    heap_->select("buddy");
    journal_->commit();
    journal_->load(*journal_->find_snapshot("one"));
    EXPECT_EQ(Whole(*heap_), then);
    journal_->come_back();
    EXPECT_EQ(heap_->design(), "buddy");
    EXPECT_EQ(heap_.pages().mapped(), 0U);
}

TEST_F(JournalWindowTest, ASnapshotTakesThePagesOfTheBlocksThatItDoesNotKnow) {
    alloc(300, 0x77);
    ASSERT_TRUE(journal_->take_snapshot("one"));
    alloc(2 * page_size, 0x78);
    EXPECT_EQ(heap_.pages().mapped(), 3U);
    journal_->load(*journal_->find_snapshot("one"));
    EXPECT_EQ(heap_.pages().mapped(), 1U);
    journal_->come_back();
    EXPECT_EQ(heap_.pages().mapped(), 3U);
}

TEST_F(JournalWindowTest, CountsTheBytesOfEveryPageFromItsFirstOn) {
    const VirtAddr block = alloc(2 * page_size, 0x01);
    ASSERT_TRUE(journal_->take_snapshot("one"));
    fill(block, 1, 0x02);
    fill(block + page_size, 1, 0x02);
    heap_->region()[0] ^= std::byte{1};
    journal_->commit();
    EXPECT_EQ(journal_->bytes_changed_since(*journal_->find_snapshot("one")), 3U);
}

TEST_F(JournalWindowTest, CountsTheBytesThatChanged) {
    const VirtAddr block = alloc(300, 0x01);
    ASSERT_TRUE(journal_->take_snapshot("one"));
    fill(block + 10, 7, 0x02);
    journal_->commit();
    EXPECT_EQ(journal_->bytes_changed_since(*journal_->find_snapshot("one")), 7U);
    EXPECT_EQ(journal_->bytes_changed_since(*journal_->previous()), 7U);
    free(1);
    EXPECT_EQ(journal_->bytes_changed_since(*journal_->find_snapshot("one")), 300U);
    EXPECT_EQ(journal_->bytes_changed_since(*journal_->previous()), 300U);
}

TEST_F(JournalWindowTest, RandomWaysAreExact) {
    std::mt19937 random(44);
    std::vector<Whole> states{Whole(*heap_)};
    std::size_t at = 0;
    for (int round = 0; round < 400; ++round) {
        const unsigned dice = random() % 10;
        if (dice < 2 && at > 0) {
            const std::size_t steps = 1 + random() % std::min<std::size_t>(at, 5);
            journal_->undo(steps);
            at -= steps;
        } else if (dice < 3 && at + 1 < states.size()) {
            journal_->redo();
            ++at;
        } else {
            const Block* block = heap_->ledger().live_from(heap_->start());
            if (dice < 6 && block != nullptr) {
                heap_->free(*block, 1);
            } else if (const Block* added = heap_->allocate({1 + random() % 9000, 8}, 1)) {
                fill(added->address, random() % (added->layout.size + 1),
                     static_cast<std::uint8_t>(round));
            }
            journal_->commit();
            states.erase(states.begin() + static_cast<std::ptrdiff_t>(at) + 1, states.end());
            states.emplace_back(*heap_);
            ++at;
        }
        ASSERT_EQ(journal_->undoable(), at);
        ASSERT_EQ(Whole(*heap_), states[at]) << "round " << round;
    }
}

TEST_F(JournalWindowTest, AWindowThatWasLentComesBackWithWhatItsPagesHeld) {
    alloc(3 * page_size, 0x11);
    alloc(64, 0);
    alloc(100, 0x22);
    free(2);
    const Whole before(*heap_);
    ASSERT_TRUE(journal_->lend());
    ASSERT_TRUE(heap_->select("linked-list"));
    (void)heap_->allocate({.size = 64}, 1);
    ASSERT_TRUE(heap_->select("guard-page"));
    (void)heap_->allocate({.size = 4 * page_size}, 1);
    journal_->take_back();
    EXPECT_EQ(Whole(*heap_), before);
}

TEST_F(JournalWindowTest, PagesThatAreNotThereAnyMoreEndIt) {
    alloc(64, 0x11);
    free(1);
    heap_.pages().limit = 0;
    try {
        journal_->undo();
        FAIL() << "no panic";
    } catch (const test::Panic& panic) {
        EXPECT_EQ(panic.message, "there is no memory for pages that there was memory for");
    }
}

}  // namespace
}  // namespace heap44::mm
