// SPDX-License-Identifier: MIT
// What one learns of a heap: its tree, where a block would be, why none was found, what changed.
#include <gtest/gtest.h>
#include <optional>
#include <vector>

#include "mm/heap/designs/parts/tree_node.hpp"
#include "mm/heap/heap.hpp"
#include "region.hpp"

namespace heap44::test {
namespace {

TEST(HeapLooks, OnlyADesignWithATreeTellsOfNodes) {
    TestHeap heap(4096);
    std::size_t nodes = 0;
    const auto count = [&](const mm::TreeNode&) { ++nodes; };
    EXPECT_FALSE(heap->for_each_node(count));
    EXPECT_EQ(nodes, 0U);
    ASSERT_TRUE(heap->select("buddy"));
    heap->allocate({2048}, 0);
    EXPECT_TRUE(heap->for_each_node(count));
    EXPECT_EQ(nodes, 3U) << "the region, and its halves";
}

TEST(HeapLooks, APlacementIsShownAndTakenBack) {
    TestHeap heap(4096);
    std::optional<VirtAddr> placed;
    heap->try_place({64}, [&](const std::byte* block) {
        placed = address_of(block);
        EXPECT_EQ(heap->stats().largest, 4096U - 64);
    });
    EXPECT_EQ(placed, heap->start());
    EXPECT_EQ(heap->stats().largest, 4096U);
    heap->try_place({5000}, [&](const std::byte* block) { EXPECT_EQ(block, nullptr); });
}

/// Each request as it is typed in a command of its own.
TEST(HeapLooks, WhateverChangesTheHeapIsTheTypedCommandsDoing) {
    TestHeap heap(4096);
    std::uint64_t typed = 0;
    const auto next = [&] {
        heap->set_typed_command(++typed);
        EXPECT_EQ(heap->changed_since(), typed - 1);
    };
    next();
    const mm::Block* block = heap->allocate({64}, 0);
    next();
    block = heap->reallocate(*block, 128, 0);
    next();
    heap->set_name(*block, "a");
    next();
    heap->free(*block, 0);
    next();
    heap->reset();
    next();
}

class HeapFailures : public testing::Test, protected mm::HeapObserver {
protected:
    HeapFailures() { heap_->add_observer(*this); }
    void note(const mm::HeapEvent& event) override { events_.push_back(event); }

    mutable TestHeap heap_{4096};
    std::vector<mm::HeapEvent> events_;
};

TEST_F(HeapFailures, TheFirstHoleIsNotTheOnlyOneThatMayHaveRoom) {
    const mm::Block* first = heap_->allocate({16}, 0);
    heap_->allocate({16}, 0);
    heap_->free(*first, 0);
    EXPECT_EQ(heap_->allocate({2000, 1U << 30}, 0), nullptr);
    EXPECT_EQ(events_.back().failure->reason, mm::Failure::Reason::design)
        << "there is room, but no such address";
}

TEST_F(HeapFailures, WhatComesAfterARequestOfSeveralThatFailedIsTold) {
    EXPECT_EQ(heap_->allocate_all(5, {1000}, 0, mm::Fill::none), 4U);
    events_.clear();
    heap_->allocate({16}, 7);
    ASSERT_EQ(events_.size(), 1U);
    EXPECT_EQ(events_[0].block->address, heap_->start());
}

}  // namespace
}  // namespace heap44::test
