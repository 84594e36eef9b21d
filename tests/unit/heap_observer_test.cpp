// SPDX-License-Identifier: MIT
// What an observer is told of a heap: each change once, and who asked for it.
#include "mm/heap/heap_observer.hpp"

#include <gtest/gtest.h>
#include <tuple>
#include <vector>

#include "panic.hpp"
#include "region.hpp"

namespace heap44::test {
namespace {

using Kind = mm::HeapEvent::Kind;

class HeapObserverTest : public testing::Test, mm::HeapObserver {
protected:
    /// What happened, to which block (or 0), by whom.
    using Told = std::tuple<Kind, std::uint64_t, std::uint64_t>;

    HeapObserverTest() { heap_->set_observer(this); }
    void note(const mm::HeapEvent& event) override {
        told_.emplace_back(event.kind, event.block ? event.block->number : 0, event.caller);
    }

    TestHeap heap_{4096};
    std::vector<Told> told_;
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
}

TEST_F(HeapObserverTest, SeveralBlocksAreSoManyEvents) {
    EXPECT_EQ(heap_->allocate_all(1, {16}, 7, mm::Fill::none), 1U);
    EXPECT_EQ(heap_->allocate_all(2, {16}, 7, mm::Fill::none), 2U);
    EXPECT_EQ(heap_->ledger().live_count(), 3U);
    EXPECT_EQ(told_, (std::vector<Told>{
                         {Kind::allocate, 1, 7}, {Kind::allocate, 2, 7}, {Kind::allocate, 3, 7}}));
}

TEST_F(HeapObserverTest, IsToldWhatComesAfterAnAbandonedAllocation) {
    heap_->region()[0] ^= std::byte{1};
    EXPECT_THROW(heap_->allocate_all(2, {16}, 7, mm::Fill::none), Panic);
    heap_->recover();
    EXPECT_EQ(heap_->repair().holes, 1U);
    EXPECT_TRUE(told_.empty());
    heap_->allocate({16}, 7);
    EXPECT_EQ(told_, (std::vector<Told>{{Kind::allocate, 1, 7}}));
}

}  // namespace
}  // namespace heap44::test
