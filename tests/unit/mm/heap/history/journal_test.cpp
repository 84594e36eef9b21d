// SPDX-License-Identifier: MIT
// The journal: exactly back, exactly forth, the oldest forgotten first.
#include "mm/heap/history/journal.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <vector>

#include "all_pages.hpp"
#include "journal_fixture.hpp"
#include "region.hpp"

namespace heap44::mm {
namespace {

TEST_F(JournalTest, BeginsWithNothingToUndo) {
    journal_->commit();
    EXPECT_EQ(journal_->undoable(), 0U);
    EXPECT_EQ(journal_->redoable(), 0U);
    EXPECT_EQ(journal_->snapshot_capacity(), Journal::most_snapshots);
}

TEST_F(JournalTest, GoesBackAndForthExactly) {
    const Whole empty(*heap_);
    journal_->set_label("first");
    alloc(64);
    const Whole one(*heap_);
    journal_->set_label("second");
    alloc(100);
    const Whole two(*heap_);
    EXPECT_EQ(journal_->undoable(), 2U);
    EXPECT_EQ(journal_->undo().view(), "second");
    EXPECT_EQ(Whole(*heap_), one);
    EXPECT_EQ(journal_->undo().view(), "first");
    EXPECT_EQ(Whole(*heap_), empty);
    EXPECT_EQ(journal_->undoable(), 0U);
    EXPECT_EQ(journal_->redoable(), 2U);
    EXPECT_EQ(journal_->redo().view(), "first");
    EXPECT_EQ(Whole(*heap_), one);
    EXPECT_EQ(journal_->redo().view(), "second");
    EXPECT_EQ(Whole(*heap_), two);
}

TEST_F(JournalTest, NoChangeIsNoStepAndKeepsWhatWasUndone) {
    alloc(64);
    journal_->undo();
    journal_->commit();
    EXPECT_EQ(journal_->undoable(), 0U);
    EXPECT_EQ(journal_->redoable(), 1U);
    heap_->mark();
    journal_->commit();
    EXPECT_EQ(journal_->undoable(), 0U);
    EXPECT_EQ(journal_->redoable(), 1U);
    (void)heap_->allocate({.size = heap_size + 1}, 1);  // fails, and that is counted
    journal_->commit();
    EXPECT_EQ(journal_->undoable(), 1U);
    journal_->undo();
    EXPECT_EQ(heap_->stats().failures, 0U);
}

TEST_F(JournalTest, AChangeAfterUndoGivesUpWhatWasUndone) {
    alloc(64);
    alloc(64);
    journal_->undo();
    const Whole one(*heap_);
    alloc(200);
    EXPECT_EQ(journal_->redoable(), 0U);
    EXPECT_EQ(journal_->undoable(), 2U);
    journal_->undo();
    EXPECT_EQ(Whole(*heap_), one);
}

TEST_F(JournalTest, ARefusedChangeNeverHappenedButForItsFailure) {
    alloc(64);
    journal_->undo();
    const Whole before(*heap_);
    EXPECT_LT(heap_->allocate_all(1000, {.size = 64}, 1, Fill::none), 1000U);
    journal_->revert();
    EXPECT_EQ(heap_->stats().failures, 1U);
    Whole after(*heap_);
    after.stats.failures = 0;
    EXPECT_EQ(after, before) << "byte for byte, in the records too";
    EXPECT_EQ(journal_->redoable(), 1U);
}

TEST_F(JournalTest, WhoWasToldOfARefusedChangeIsToldThatItWasTakenBack) {
    struct Kinds final : HeapObserver {
        void note(const HeapEvent& event) override { told.push_back(event.kind); }
        std::vector<HeapEvent::Kind> told;
    } kinds;
    using enum HeapEvent::Kind;
    heap_->add_observer(kinds);
    alloc(64);
    const Whole before(*heap_);
    heap_->allocate({.size = 64}, 1);
    journal_->revert();
    EXPECT_EQ(Whole(*heap_), before);
    EXPECT_EQ(kinds.told, (std::vector{allocate, allocate, set_back}));
    journal_->revert();
    (void)heap_->allocate({.size = heap_size + 1}, 1);
    journal_->revert();
    EXPECT_EQ(kinds.told, (std::vector{allocate, allocate, set_back, fail})) << "no change told";
    heap_->free(*heap_->ledger().with_number(1), 1);
    journal_->commit();
    journal_->revert();
    heap_->remove_observer(kinds);
    heap_->allocate({.size = 64}, 1);
    heap_->add_observer(kinds);
    journal_->revert();
    EXPECT_EQ(kinds.told, (std::vector{allocate, allocate, set_back, fail, free}))
        << "what was committed stays, and what nobody was told of needs no telling";
}

TEST_F(JournalTest, AHeapThatWasLentComesBackAsItWas) {
    struct Kinds final : HeapObserver {
        void note(const HeapEvent& event) override { told.push_back(event.kind); }
        std::vector<HeapEvent::Kind> told;
    } kinds;
    heap_->set_typed_command(3);
    alloc(64);
    heap_->mark();
    alloc(64);
    journal_->undo();
    const Whole before(*heap_);
    for (const bool is_watched : {false, true}) {
        if (is_watched) heap_->add_observer(kinds);
        heap_->set_typed_command(9);
        ASSERT_TRUE(journal_->lend());
        EXPECT_TRUE(journal_->is_lent());
        ASSERT_TRUE(heap_->select("buddy"));
        (void)heap_->allocate({.size = 500}, 1);
        (void)heap_->allocate({.size = heap_size}, 1);
        byte(heap_size - 1) ^= std::byte{0xff};
        journal_->take_back();
        EXPECT_FALSE(journal_->is_lent());
        EXPECT_EQ(Whole(*heap_), before);
        EXPECT_EQ(heap_->changed_since(), 3U);
        journal_->commit();
        EXPECT_EQ(journal_->undoable(), 1U);
        EXPECT_EQ(journal_->redoable(), 1U);
    }
    EXPECT_EQ(kinds.told.back(), HeapEvent::Kind::set_back);
    heap_->remove_observer(kinds);
}

TEST_F(JournalTest, WhatHappenedBeforeALoanIsAStep) {
    heap_->allocate({.size = 64}, 1);
    const Whole before(*heap_);
    ASSERT_TRUE(journal_->lend());
    EXPECT_EQ(journal_->undoable(), 1U);
    heap_->reset();
    journal_->take_back();
    EXPECT_EQ(Whole(*heap_), before);
    ASSERT_TRUE(journal_->lend());
    heap_->reset();
    journal_->commit();
    EXPECT_FALSE(journal_->is_lent()) << "a loan that nobody has ended ends with the next step";
}

TEST_F(JournalTest, AnotherDesignOnAnEmptyHeapIsAStep) {
    ASSERT_TRUE(heap_->set_policy({.fit = Fit::best}));
    journal_->commit();
    ASSERT_EQ(journal_->undoable(), 1U);
    journal_->undo();
    EXPECT_EQ(heap_->policy()->fit, Fit::first);
    journal_->redo();
    EXPECT_EQ(heap_->policy()->fit, Fit::best);
}

TEST_F(JournalTest, AnotherPolicyOnAnEmptyHeapIsAStep) {
    const Policy best{.fit = Fit::best};
    const Policy worst{.fit = Fit::worst};
    for (const Policy each : {best, worst, worst}) {
        heap_->set_policy(each);
        journal_->commit();
    }
    EXPECT_EQ(journal_->undoable(), 2U) << "the same once more is none";
    journal_->undo();
    EXPECT_EQ(heap_->policy(), best);
    journal_->undo();
    EXPECT_EQ(heap_->policy(), Policy{});
    journal_->redo(2);
    EXPECT_EQ(heap_->policy(), worst);
}

TEST_F(JournalTest, RunsMayTouchTheEdgesOfPagesAndOfTheHeap) {
    const Whole before(*heap_);
    for (const std::size_t at : {std::size_t{4094}, std::size_t{4095}, std::size_t{4096},
                                 std::size_t{4097}, heap_size - 1, std::size_t{8192}}) {
        byte(at) ^= std::byte{0xff};
    }
    heap_->records().back() ^= std::byte{1};
    heap_->records().front() ^= std::byte{0x80};
    const Whole after(*heap_);
    journal_->commit();
    journal_->undo();
    EXPECT_EQ(Whole(*heap_), before);
    journal_->redo();
    EXPECT_EQ(Whole(*heap_), after);
    heap_->records().back() ^= std::byte{1};
    heap_->records().front() ^= std::byte{0x80};
}

TEST(JournalOfAnOddHeap, RecordsThatChangeAlikeEndWhereTheHeapEnds) {
    test::TestHeap heap(5000);
    const std::size_t size = Journal::least_memory(*heap) + (std::size_t{1} << 20);
    const auto memory = test::aligned_bytes(size);
    test::AllPages pages;
    Journal journal(*heap, std::span(memory.get(), size), pages);
    const Whole before(*heap);
    for (std::byte& each : heap->region()) each ^= std::byte{0x11};
    const Whole after(*heap);
    journal.commit();
    journal.undo();
    EXPECT_EQ(Whole(*heap), before);
    journal.redo();
    EXPECT_EQ(Whole(*heap), after);
}

TEST_F(TightJournalTest, AFullRingForgetsTheOldest) {
    std::mt19937 random(1);
    std::vector<Whole> states;
    for (int round = 0; round < 12; ++round) {
        states.emplace_back(*heap_);
        for (std::size_t at = 0; at < 12'000; ++at) byte(at) = std::byte(random());
        journal_->commit();
    }
    const std::size_t kept = journal_->undoable();
    EXPECT_GT(kept, 2U);
    EXPECT_LT(kept, 6U) << "64 KiB hold no more of 12,000 bytes each";
    EXPECT_EQ(journal_->forgotten(), 12 - kept);
    EXPECT_LE(journal_->used(), journal_->capacity());
    EXPECT_GT(journal_->used(), kept * 12'000) << "random bytes cannot be told in less";
    for (std::size_t back = 0; back < kept; ++back) {
        journal_->undo();
        EXPECT_EQ(Whole(*heap_).region, states[11 - back].region) << back;
    }
    EXPECT_EQ(journal_->undoable(), 0U);
    while (journal_->redoable() > 0) journal_->redo();
}

TEST_F(TightJournalTest, AStepThatDoesNotFitLeavesNone) {
    alloc(64);
    std::mt19937 random(1);
    std::vector<std::byte> records(heap_->records().begin(), heap_->records().end());
    for (std::byte& each : heap_->records()) each = std::byte(random());
    journal_->commit();
    EXPECT_EQ(journal_->undoable(), 0U);
    EXPECT_EQ(journal_->used(), 0U);
    EXPECT_EQ(journal_->forgotten(), 2U);
    std::ranges::copy(records, heap_->records().begin());
    journal_->commit();
    EXPECT_EQ(journal_->undoable(), 0U) << "the way back is as long";
    const Whole before(*heap_);
    alloc(64);
    EXPECT_EQ(journal_->undoable(), 1U) << "the next one fits again";
    const std::size_t used = journal_->used();
    EXPECT_GT(used, 0U);
    journal_->undo();
    EXPECT_EQ(journal_->used(), used) << "it can still be done again";
    EXPECT_EQ(Whole(*heap_), before);
}

TEST_F(TightJournalTest, ForgetsStepsThatAreTooManyToCount) {
    for (int round = 0; round < 100; ++round) {
        byte(1) ^= std::byte{1};
        journal_->commit();
    }
    EXPECT_EQ(journal_->undoable(), 64U);
    EXPECT_EQ(journal_->forgotten(), 36U);
}

/// Random work under a design, with random steps back and forth, against whole copies.
void work_against_copies(test::TestHeap& heap, Journal& journal, std::string_view design,
                         unsigned seed) {
    std::mt19937 random(seed);
    heap->select(design);
    journal.commit();
    while (journal.undoable() > 0) journal.undo();
    heap->select(design);
    journal.commit();
    std::vector<Whole> states{Whole(*heap)};
    std::size_t at = 0;
    const std::size_t base = journal.undoable();
    for (int round = 0; round < 60; ++round) {
        const unsigned dice = random() % 10;
        if (dice < 2 && at > 0) {
            journal.undo();
            --at;
        } else if (dice < 3 && at + 1 < states.size()) {
            journal.redo();
            ++at;
        } else {
            if (const Block* block = heap->ledger().live_from(heap->start());
                dice < 5 && block != nullptr) {
                heap->free(*block, random());
            } else if (dice == 9) {
                heap->reset();
            } else {
                heap->allocate({.size = 1 + random() % 600, .align = 1UL << random() % 7}, 1);
            }
            journal.commit();
            if (journal.undoable() == base + at) continue;
            states.erase(states.begin() + static_cast<std::ptrdiff_t>(at) + 1, states.end());
            states.emplace_back(*heap);
            ++at;
        }
        ASSERT_EQ(journal.undoable(), base + at);
        ASSERT_EQ(journal.redoable(), states.size() - 1 - at);
        ASSERT_EQ(Whole(*heap), states[at]) << design << " seed " << seed << " round " << round;
    }
}

TEST_F(JournalTest, EqualsWholeCopiesUnderEveryDesign) {
    for (const std::string_view design : design_names()) {
        for (const unsigned seed : {1U}) {
            work_against_copies(heap_, *journal_, design, seed);
            if (HasFatalFailure()) return;
        }
    }
}

}  // namespace
}  // namespace heap44::mm
