// SPDX-License-Identifier: MIT
// The journal's snapshots, and what is looked up in states of the past.
#include <gtest/gtest.h>

#include "journal_fixture.hpp"

namespace heap44::mm {
namespace {

TEST_F(TightJournalTest, HasNoPlaceForSnapshotsNorForAComparison) {
    alloc(64);
    EXPECT_EQ(journal_->snapshot_capacity(), 0U);
    EXPECT_FALSE(journal_->has_place_for("a"));
    EXPECT_EQ(journal_->previous(), nullptr);
}

TEST_F(JournalTest, SnapshotsOutliveWhatIsUndoneAndEveryReset) {
    alloc(64);
    ASSERT_TRUE(journal_->take_snapshot("one"));
    const Whole one(*heap_);
    journal_->undo();
    heap_->select("buddy");
    journal_->commit();
    alloc(500);
    const Whole other(*heap_);
    const Journal::Snapshot* snapshot = journal_->find_snapshot("one");
    ASSERT_NE(snapshot, nullptr);
    journal_->load(*snapshot);
    EXPECT_EQ(Whole(*heap_), one);
    journal_->commit();
    journal_->undo();
    EXPECT_EQ(Whole(*heap_), other);
    EXPECT_EQ(journal_->find_snapshot("two"), nullptr);
}

TEST_F(JournalTest, ANameUsedAgainTakesTheSamePlace) {
    for (char name = 'a'; name < 'a' + int{Journal::most_snapshots}; ++name) {
        EXPECT_TRUE(journal_->take_snapshot({&name, 1}));
    }
    EXPECT_FALSE(journal_->has_place_for("z"));
    alloc(64);
    EXPECT_TRUE(journal_->has_place_for("c"));
    EXPECT_TRUE(journal_->take_snapshot("c"));
    EXPECT_EQ(journal_->snapshots().size(), Journal::most_snapshots);
    journal_->undo();
    journal_->load(*journal_->find_snapshot("c"));
    EXPECT_EQ(heap_->ledger().live_count(), 1U);
}

TEST_F(JournalTest, ForgottenSnapshotsLeaveTheirPlaces) {
    ASSERT_TRUE(journal_->take_snapshot("one"));
    ASSERT_TRUE(journal_->take_snapshot("two"));
    journal_->forget_snapshots();
    EXPECT_TRUE(journal_->snapshots().empty());
    EXPECT_EQ(journal_->find_snapshot("one"), nullptr);
    ASSERT_TRUE(journal_->take_snapshot("three"));
    ASSERT_EQ(journal_->snapshots().size(), 1U);
    EXPECT_EQ(journal_->find_snapshot("three"), journal_->snapshots().data());
}

TEST_F(JournalTest, TellsABlocksRecordAsItWas) {
    alloc(64);
    const Block* block = alloc(100);
    ASSERT_TRUE(journal_->take_snapshot("then"));
    heap_->reallocate(*block, 90, 1);
    journal_->commit();
    const Block then = journal_->record_in(journal_->find_snapshot("then")->bytes, *block);
    EXPECT_EQ(then.number, 2U);
    EXPECT_EQ(then.layout.size, 100U);
    EXPECT_EQ(then.address, block->address);
    EXPECT_EQ(journal_->record_in(journal_->committed(), *block).layout.size, 90U);
}

TEST_F(JournalTest, ALookAtThePreviousStateLeavesNoTrace) {
    alloc(64);
    const Whole one(*heap_);
    heap_->free(*heap_->ledger().with_number(1), 1);
    journal_->commit();
    const Whole now(*heap_);
    journal_->load(*journal_->previous());
    EXPECT_EQ(Whole(*heap_), one);
    journal_->come_back();
    EXPECT_EQ(Whole(*heap_), now);
    journal_->commit();
    EXPECT_EQ(journal_->undoable(), 2U);
}

}  // namespace
}  // namespace heap44::mm
