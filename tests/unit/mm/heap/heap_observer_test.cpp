// SPDX-License-Identifier: MIT
// What an observer is told of a heap: each change and each failure once, and who asked for it.
#include "mm/heap/heap_observer.hpp"

#include <functional>
#include <gtest/gtest.h>
#include <tuple>
#include <vector>

#include "panic.hpp"
#include "region.hpp"

namespace heap44::test {
namespace {

using Kind = mm::HeapEvent::Kind;
using Reason = mm::Failure::Reason;

class HeapObserverTest : public testing::Test, protected mm::HeapObserver {
protected:
    /// What happened, to which block (or 0), by whom.
    using Told = std::tuple<Kind, std::uint64_t, std::uint64_t>;

    HeapObserverTest() { heap_->add_observer(*this); }
    void note(const mm::HeapEvent& event) override {
        EXPECT_FALSE(heap_->lock().is_taken());
        told_.emplace_back(event.kind, event.block ? event.block->number : 0, event.caller);
        events_.push_back(event);
        if (also_) also_(event);
    }
    [[nodiscard]] const mm::Block& block(std::uint64_t number) const {
        return *heap_->ledger().with_number(number);
    }

    mutable TestHeap heap_{4096};
    std::vector<Told> told_;
    std::vector<mm::HeapEvent> events_;
    /// What else it does when it is told.
    std::function<void(const mm::HeapEvent&)> also_;
};

TEST_F(HeapObserverTest, CodeAllocatesAndFreesButNoCodeNamesOrEmpties) {
    const mm::Block& block = *heap_->allocate({16}, 7);
    heap_->set_name(block, "a");
    heap_->free(block, 8);
    heap_->reset();
    heap_->tell_set_back();
    EXPECT_EQ(told_, (std::vector<Told>{{Kind::allocate, 1, 7},
                                        {Kind::name, 1, 0},
                                        {Kind::free, 1, 8},
                                        {Kind::reset, 0, 0},
                                        {Kind::set_back, 0, 0}}));
    EXPECT_EQ(heap_->changes_told(), 5U);
}

TEST_F(HeapObserverTest, AnEventHasACopyOfTheBlock) {
    heap_->set_command(3);
    heap_->allocate({20, 32}, 7, mm::Fill::zero);
    heap_->set_command(4);
    heap_->free(block(1), 8);
    const mm::HeapEvent& came = events_.at(0);
    EXPECT_EQ(came.block->address, heap_start);
    EXPECT_EQ(came.block->layout, (mm::Layout{20, 32}));
    EXPECT_TRUE(came.block->is_live()) << "as it was then";
    EXPECT_TRUE(came.zeroed);
    EXPECT_EQ(came.command, 3U);
    EXPECT_EQ(came.design, "linked-list");
    EXPECT_EQ(came.policy, mm::Policy{});
    const mm::HeapEvent& went = events_.at(1);
    EXPECT_FALSE(went.block->is_live());
    EXPECT_EQ(went.block->caller, 7U);
    EXPECT_FALSE(went.zeroed);
    EXPECT_EQ(went.command, 4U);
    EXPECT_EQ(went.failure, std::nullopt);
    EXPECT_EQ(went.from, std::nullopt);
}

TEST_F(HeapObserverTest, AResizedBlockComesFromSomewhere) {
    heap_->allocate({20}, 0);
    heap_->reallocate(block(1), 40, 5);
    heap_->allocate({16}, 0);
    heap_->reallocate(block(1), 100, 6);
    EXPECT_EQ(told_, (std::vector<Told>{{Kind::allocate, 1, 0},
                                        {Kind::reallocate, 1, 5},
                                        {Kind::allocate, 2, 0},
                                        {Kind::reallocate, 1, 6}}));
    EXPECT_EQ(events_[1].from, (mm::Origin{heap_start, 20}));
    EXPECT_EQ(events_[1].block->address, heap_start) << "it grew in place";
    EXPECT_EQ(events_[1].block->layout.size, 40U);
    EXPECT_EQ(events_[3].from, (mm::Origin{heap_start, 40}));
    EXPECT_EQ(events_[3].block->address, heap_start + 56);
}

// --- several blocks at once ---

TEST_F(HeapObserverTest, SeveralBlocksAreSoManyEvents) {
    EXPECT_EQ(heap_->allocate_all(1, {16}, 7, mm::Fill::none), 1U);
    EXPECT_EQ(heap_->allocate_all(2, {16}, 7, mm::Fill::zero), 2U);
    EXPECT_EQ(heap_->ledger().live_count(), 3U);
    EXPECT_EQ(told_, (std::vector<Told>{
                         {Kind::allocate, 1, 7}, {Kind::allocate, 2, 7}, {Kind::allocate, 3, 7}}));
    EXPECT_FALSE(events_[0].zeroed);
    EXPECT_TRUE(events_[1].zeroed);
    EXPECT_TRUE(events_[2].zeroed);
}

TEST_F(HeapObserverTest, ABlockThatIsGoneBeforeItsTurnIsNotTold) {
    also_ = [&](const mm::HeapEvent& event) {
        if (event.kind == Kind::allocate) heap_->reset();
    };
    EXPECT_EQ(heap_->allocate_all(2, {16}, 7, mm::Fill::none), 2U);
    EXPECT_EQ(told_, (std::vector<Told>{{Kind::allocate, 1, 7}, {Kind::reset, 0, 0}}));
}

TEST_F(HeapObserverTest, WhatDidNotFitIsOneFailureOfAHeapThatIsAsItWas) {
    heap_->allocate({16}, 0);
    heap_->set_typed_command(9);
    told_.clear();
    also_ = [&](const mm::HeapEvent&) {
        EXPECT_EQ(heap_->ledger().live_count(), 1U);
        EXPECT_EQ(heap_->stats().largest, 4080U);
    };
    EXPECT_EQ(heap_->allocate_all(5, {1000, 8}, 7, mm::Fill::zero), 4U);
    EXPECT_EQ(told_, (std::vector<Told>{{Kind::fail, 0, 7}}));
    EXPECT_EQ(events_.back().failure, (mm::Failure{Reason::no_hole, {1000, 8}, 5}));
    EXPECT_TRUE(events_.back().zeroed);
    EXPECT_EQ(heap_->changed_since(), 0U) << "so nothing has changed since";
    EXPECT_EQ(heap_->changes_told(), 1U) << "a failure is no change";
    also_ = nullptr;
    EXPECT_EQ(heap_->allocate_all(4, {1000, 8}, 7, mm::Fill::none), 4U);
    EXPECT_EQ(std::get<1>(told_.back()), 5U) << "the numbers were not used";
}

TEST_F(HeapObserverTest, AnAllocationThatWasAbandonedAtOnceNeverHappened) {
    heap_->region()[0] ^= std::byte{1};
    EXPECT_THROW(heap_->allocate_all(2, {16}, 7, mm::Fill::none), Panic);
    heap_->recover();
    EXPECT_EQ(heap_->repair().holes, 1U);
    EXPECT_TRUE(told_.empty());
    heap_->allocate({16}, 7);
    EXPECT_EQ(told_, (std::vector<Told>{{Kind::allocate, 1, 7}}));
}

TEST_F(HeapObserverTest, BlocksThatAnAbandonedRequestLeavesBehindAreTold) {
    heap_->allocate({64}, 0);
    heap_->allocate({64}, 0);
    heap_->free(block(1), 0);
    told_.clear();
    // The first hole takes one block; the words of the second are broken.
    heap_->region()[128] ^= std::byte{1};
    heap_->set_typed_command(5);
    EXPECT_THROW(heap_->allocate_all(3, {64}, 7, mm::Fill::zero), Panic);
    EXPECT_TRUE(told_.empty());
    heap_->recover();
    EXPECT_EQ(told_, (std::vector<Told>{{Kind::allocate, 3, 7}}));
    EXPECT_EQ(events_.back().block->address, heap_start);
    EXPECT_TRUE(events_.back().zeroed);
    EXPECT_EQ(heap_->changed_since(), 5U);
    heap_->recover();
    EXPECT_EQ(told_.size(), 1U) << "once";
}

// --- failures ---

TEST_F(HeapObserverTest, AFailureSaysWhatWasAskedForAndWhy) {
    heap_->set_command(6);
    EXPECT_EQ(heap_->allocate({5000, 16}, 7, mm::Fill::zero), nullptr);
    EXPECT_EQ(told_, (std::vector<Told>{{Kind::fail, 0, 7}}));
    EXPECT_EQ(events_[0].failure, (mm::Failure{Reason::no_hole, {5000, 16}, 1}));
    EXPECT_EQ(events_[0].command, 6U);
    EXPECT_TRUE(events_[0].zeroed);
    heap_->fail_after(1);
    EXPECT_EQ(heap_->allocate({16}, 8), nullptr);
    EXPECT_EQ(events_[1].failure, (mm::Failure{Reason::failafter, {16, 8}, 1}));
    heap_->allocate({8}, 0);
    // The hole of 4080 bytes has room, but not where the block would have to lie.
    EXPECT_EQ(heap_->allocate({4080, 32}, 9), nullptr);
    EXPECT_EQ(events_[3].failure, (mm::Failure{Reason::design, {4080, 32}, 1}));
    EXPECT_EQ(heap_->allocate({4081}, 9), nullptr);
    EXPECT_EQ(events_[4].failure->reason, Reason::no_hole);
    heap_->allocate({4080}, 0);
    EXPECT_EQ(heap_->allocate({0}, 9), nullptr);
    EXPECT_EQ(events_[6].failure->reason, Reason::no_hole) << "no hole at all";
}

TEST_F(HeapObserverTest, ABlockThatCouldNotBeResizedStaysAsItWas) {
    heap_->allocate({16, 32}, 7);
    EXPECT_EQ(heap_->reallocate(block(1), 5000, 8), nullptr);
    heap_->fail_after(1);
    EXPECT_EQ(heap_->reallocate(block(1), 32, 9), nullptr);
    EXPECT_EQ(told_,
              (std::vector<Told>{{Kind::allocate, 1, 7}, {Kind::fail, 1, 8}, {Kind::fail, 1, 9}}));
    EXPECT_EQ(events_[1].failure, (mm::Failure{Reason::no_hole, {5000, 32}, 1}));
    EXPECT_EQ(events_[1].block->layout, (mm::Layout{16, 32}));
    EXPECT_EQ(events_[2].failure, (mm::Failure{Reason::failafter, {32, 32}, 1}));
    EXPECT_EQ(events_[2].from, std::nullopt);
}

TEST_F(HeapObserverTest, TheReasonIsAlsoFoundInADamagedList) {
    heap_->allocate({64}, 0);
    heap_->allocate({64}, 0);
    heap_->free(block(1), 0);
    const auto keep = heap_->region()[128];
    heap_->fail_after(1);
    heap_->region()[128] = std::byte{3};
    EXPECT_EQ(heap_->allocate({64}, 0), nullptr);
    EXPECT_EQ(events_.back().failure->reason, Reason::failafter);
    heap_->region()[128] = keep;
}

// --- what observers may do ---

TEST_F(HeapObserverTest, AnObserverMayUseTheHeapItself) {
    also_ = [&](const mm::HeapEvent& event) {
        if (event.caller != 7) return;
        const mm::Block* own = heap_->allocate({32}, 1);
        if (event.kind == Kind::fail) EXPECT_EQ(heap_->reallocate(*own, 8000, 2), nullptr);
        heap_->free(*own, 3);
    };
    const mm::Block* block = heap_->allocate({16}, 7);
    EXPECT_EQ(block->address, heap_start);
    EXPECT_EQ(heap_->allocate({5000}, 7), nullptr);
    heap_->free(*block, 7);
    EXPECT_EQ(told_, (std::vector<Told>{{Kind::allocate, 1, 7},
                                        {Kind::allocate, 2, 1},
                                        {Kind::free, 2, 3},
                                        {Kind::fail, 0, 7},
                                        {Kind::allocate, 3, 1},
                                        {Kind::fail, 3, 2},
                                        {Kind::free, 3, 3},
                                        {Kind::free, 1, 7},
                                        {Kind::allocate, 4, 1},
                                        {Kind::free, 4, 3}}));
    EXPECT_EQ(heap_->stats().free, 4096U);
}

TEST_F(HeapObserverTest, TheNewsOfSeveralBlocksAreCopiesOfThemAsTheyAre) {
    also_ = [&](const mm::HeapEvent& event) {
        if (event.caller == 7) heap_->allocate({16}, 1);
    };
    EXPECT_EQ(heap_->allocate_all(2, {16}, 7, mm::Fill::none), 2U);
    EXPECT_EQ(told_, (std::vector<Told>{{Kind::allocate, 1, 7},
                                        {Kind::allocate, 3, 1},
                                        {Kind::allocate, 2, 7},
                                        {Kind::allocate, 4, 1}}));
    EXPECT_EQ(heap_->ledger().last_number(), 4U);
}

}  // namespace
}  // namespace heap44::test
