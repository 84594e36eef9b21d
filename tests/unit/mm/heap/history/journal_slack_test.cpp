// SPDX-License-Identifier: MIT
// The journal under guard-page: the pattern beside the blocks, and the side of their guard pages.
#include <gtest/gtest.h>

#include "journal_window_fixture.hpp"

namespace heap44::mm {
namespace {

TEST_F(JournalWindowTest, BringsBackWhatWasChangedBesideAPayload) {
    const VirtAddr block = alloc(300, 0x44);
    const VirtAddr padding = block + 300;
    const Whole sound(*heap_);
    fill(padding, 2, 0x66);
    journal_->commit();
    const Whole damaged(*heap_);
    ASSERT_NE(damaged, sound);
    journal_->undo();
    EXPECT_EQ(Whole(*heap_), sound);
    journal_->redo();
    EXPECT_EQ(Whole(*heap_), damaged);
    ASSERT_TRUE(journal_->take_snapshot("damaged"));
    heap_->repair();
    journal_->commit();
    EXPECT_EQ(Whole(*heap_), sound);
    journal_->load(*journal_->find_snapshot("damaged"));
    EXPECT_EQ(Whole(*heap_), damaged);
}

TEST_F(JournalWindowTest, BringsBackPagesThatAreNotFilled) {
    heap_->set_poisoning(false);
    alloc(20, 0x11);
    const Whole bare(*heap_);
    heap_->set_poisoning(true);
    journal_->commit();
    const Whole filled(*heap_);
    ASSERT_NE(filled, bare);
    journal_->undo();
    EXPECT_EQ(Whole(*heap_), bare);
    EXPECT_TRUE(heap_->is_poisoning()) << "a switch is no part of a state";
    journal_->redo();
    EXPECT_EQ(Whole(*heap_), filled);
    journal_->undo();
    // The next operation fills what the switch asks for.
    const VirtAddr second = alloc(20, 0x22);
    EXPECT_EQ(Whole(*heap_).pages.at(heap_->start().value), filled.pages.begin()->second);
    EXPECT_NE(second, heap_->start());
}

TEST_F(JournalWindowTest, ThePatternTakesNoRoom) {
    alloc(64, 0);
    alloc(5000, 0);
    EXPECT_EQ(journal_->window_kept(), 0U);
    alloc(64, 0x11);
    EXPECT_EQ(journal_->window_kept(), 1U);
}

TEST_F(JournalWindowTest, TheSideOfTheGuardIsAStep) {
    alloc(64, 0x11);
    heap_->reset();
    journal_->commit();
    const Whole behind(*heap_);
    heap_->select("guard-page", GuardSide::front);
    journal_->commit();
    EXPECT_EQ(journal_->undoable(), 3U);
    const VirtAddr block = alloc(64, 0x22);
    EXPECT_EQ(block, heap_->start() + page_size);
    const Whole front(*heap_);
    journal_->undo(2);
    EXPECT_EQ(heap_->guard(), GuardSide::behind);
    EXPECT_EQ(Whole(*heap_), behind);
    journal_->redo(2);
    EXPECT_EQ(heap_->guard(), GuardSide::front);
    EXPECT_EQ(Whole(*heap_), front);
}

}  // namespace
}  // namespace heap44::mm
