// SPDX-License-Identifier: MIT
// The journal under guard-page, where the pages hold more than there is memory to copy.
#include <gtest/gtest.h>

#include "journal_window_fixture.hpp"

namespace heap44::mm {
namespace {

/// 1,024 pages, and 8 MiB for all copies.
class TightJournalWindowTest : public JournalWindowTest {
protected:
    TightJournalWindowTest() : JournalWindowTest(1024, std::size_t{8} << 20) {}
};

TEST_F(TightJournalWindowTest, IsLostWhileBlocksHoldTooMuch) {
    const std::size_t room = journal_->window_capacity() / page_size;
    ASSERT_GT(room, 10U);
    ASSERT_LT(room, 400U);
    for (std::size_t page = 0; page < room; ++page) alloc(64, 0x11);
    EXPECT_FALSE(journal_->is_lost());
    EXPECT_EQ(journal_->undoable(), room);
    alloc(64, 0);  // holds nothing but zeros
    EXPECT_FALSE(journal_->is_lost());
    alloc(64, 0x22);
    EXPECT_TRUE(journal_->is_lost());
    EXPECT_FALSE(journal_->lend());
    EXPECT_FALSE(journal_->is_lent());
    EXPECT_EQ(journal_->undoable(), 0U);
    EXPECT_EQ(journal_->forgotten(), room + 2);
    struct Counter final : HeapObserver {
        void note(const HeapEvent&) override { ++count; }
        int count = 0;
    } told;
    heap_->add_observer(told);
    heap_->set_name(*heap_->ledger().with_number(1), "a");
    const Whole lost(*heap_);
    journal_->revert();
    EXPECT_EQ(told.count, 1) << "not that it was set back";
    heap_->remove_observer(told);
    EXPECT_EQ(Whole(*heap_), lost) << "nothing can be taken back, so nothing is";
    free(1);
    EXPECT_FALSE(journal_->is_lost());
    EXPECT_EQ(journal_->undoable(), 0U) << "what was before is lost";
    EXPECT_EQ(journal_->forgotten(), room + 2) << "that it is found again is no step";
    const Whole found(*heap_);
    free(2);
    EXPECT_EQ(journal_->undoable(), 1U);
    journal_->undo();
    EXPECT_EQ(Whole(*heap_), found);
}

TEST_F(TightJournalWindowTest, WhatWasUndoneIsLostAsWell) {
    const std::size_t room = journal_->window_capacity() / page_size;
    const VirtAddr block = alloc((room + 1) * page_size, 0);
    fill(block, room * page_size, 0x11);
    journal_->commit();
    fill(block, 1, 0x22);
    journal_->commit();
    journal_->undo();
    EXPECT_EQ(journal_->redoable(), 1U);
    fill(block + room * page_size, 1, 0x33);  // nothing but a page that there is no room for
    journal_->commit();
    EXPECT_TRUE(journal_->is_lost());
    EXPECT_EQ(journal_->undoable(), 0U);
    EXPECT_EQ(journal_->redoable(), 0U);
}

TEST_F(TightJournalWindowTest, AComparisonGivesItsPagesToASnapshot) {
    const std::size_t room = journal_->window_capacity() / page_size;
    for (std::size_t page = 0; page < room; ++page) alloc(64, 0x11);
    ASSERT_NE(journal_->previous(), nullptr);
    EXPECT_TRUE(journal_->take_snapshot("one"));
    EXPECT_EQ(journal_->previous(), nullptr) << "now the snapshot has them";
}

TEST_F(TightJournalWindowTest, ASnapshotWithoutRoomLeavesTheOldOne) {
    const std::size_t room = journal_->window_capacity() / page_size;
    for (std::size_t page = 0; page < room; ++page) alloc(64, 0x11);
    ASSERT_TRUE(journal_->take_snapshot("one"));
    ASSERT_TRUE(journal_->take_snapshot("one")) << "its own pages are free for it";
    const Whole then(*heap_);
    EXPECT_TRUE(journal_->has_place_for("two")) << "a place, but not for its pages";
    EXPECT_FALSE(journal_->take_snapshot("two"));
    EXPECT_EQ(journal_->find_snapshot("two"), nullptr);
    EXPECT_EQ(journal_->previous(), nullptr);
    journal_->load(*journal_->find_snapshot("one"));
    EXPECT_EQ(Whole(*heap_), then);
}

TEST_F(TightJournalWindowTest, TheStateBeforeIsNotToldWhereItNeedsMoreRoom) {
    const std::size_t room = journal_->window_capacity() / page_size;
    for (const std::size_t missing : {1U, 2U}) {
        heap_->reset();
        for (std::size_t page = 0; page < missing; ++page) alloc(64, 0x11);
        ASSERT_TRUE(journal_->take_snapshot("one"));
        for (std::size_t page = missing; page < room; ++page) alloc(64, 0x11);
        EXPECT_EQ(journal_->previous(), nullptr) << "what the snapshot holds is missing";
        heap_->reset();
        journal_->commit();
        EXPECT_EQ(journal_->previous(), nullptr) << "the state now needs none, the one before all";
        journal_->undo();
        EXPECT_EQ(heap_->ledger().live_count(), room);
    }
}

}  // namespace
}  // namespace heap44::mm
