// SPDX-License-Identifier: MIT
// The trace: what is recorded, what is dropped, and that it can be done again.
#include "mm/heap/history/trace.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "region.hpp"
#include "shell/render/trace_script.hpp"

namespace heap44::test {
namespace {

using mm::Block;
using Kind = mm::HeapEvent::Kind;

/// A heap that is traced from its beginning.
class TraceTest : public ::testing::Test {
protected:
    TraceTest() { trace().start(*heap_); }
    mm::Trace& trace() { return *trace_; }
    std::vector<std::string> script() {
        std::vector<std::string> lines;
        shell::TraceScript script(trace());
        while (const auto line = script.next()) lines.emplace_back(line->command.view());
        return lines;
    }

    TestHeap heap_;
    std::unique_ptr<mm::Trace> trace_ = std::make_unique<mm::Trace>();
};

TEST_F(TraceTest, RecordsWhatHappened) {
    heap_->set_command(7);
    const Block* block = heap_->allocate({20, 32}, 0x1234, mm::Fill::zero);
    heap_->set_name(*block, "vec");
    block = heap_->reallocate(*block, 600, 0x2345);
    heap_->free(*block, 0x3456);
    ASSERT_EQ(trace().records().size(), 3U);
    const mm::TraceRecord& first = trace().records()[0];
    EXPECT_EQ(first.kind, Kind::allocate);
    EXPECT_TRUE(first.zeroed);
    EXPECT_EQ(first.number, 1U);
    EXPECT_EQ(first.layout, (mm::Layout{20, 32}));
    EXPECT_EQ(first.address, heap_->start());
    EXPECT_EQ(first.caller, 0x1234U);
    EXPECT_EQ(first.command, 7U);
    EXPECT_EQ(first.name.view(), "vec");
    EXPECT_EQ(trace().records()[1].layout.size, 600U);
    EXPECT_EQ(trace().records()[1].name.view(), "vec");
    EXPECT_FALSE(trace().records()[1].zeroed);
    EXPECT_EQ(trace().records()[2].kind, Kind::free);
    EXPECT_EQ(trace().records()[2].caller, 0x3456U);
}

TEST_F(TraceTest, ASecondOneMayStandBehindIt) {
    heap_->allocate({20, 8}, 0);
    heap_->set_name(*heap_->ledger().with_number(1), "kept");
    const auto before = script();
    const mm::Trace::Recording first = trace().set_aside();
    EXPECT_FALSE(trace().is_on());
    EXPECT_TRUE(trace().records().empty());
    heap_->allocate({30, 8}, 0);
    trace().start(*heap_);
    EXPECT_EQ(trace().live_before(), 2U);
    heap_->allocate({40, 8}, 0);
    heap_->set_name(*heap_->ledger().with_number(1), "later");
    ASSERT_EQ(trace().records().size(), 1U);
    EXPECT_EQ(trace().records()[0].number, 1U);
    EXPECT_EQ(trace().records()[0].layout.size, 40U);
    for (std::size_t count = 0; count < mm::Trace::capacity; ++count) {
        heap_->set_name(*heap_->allocate({8, 8}, 0), "x");
        heap_->free(*heap_->ledger().with_number(heap_->ledger().last_number()), 0);
    }
    EXPECT_EQ(trace().records().size(), mm::Trace::capacity - 1) << "the places that are left";
    EXPECT_EQ(trace().dropped(), mm::Trace::capacity + 2);
    trace().clear();
    EXPECT_TRUE(trace().records().empty());
    trace().bring_back(first);
    EXPECT_TRUE(trace().is_on());
    EXPECT_EQ(trace().dropped(), 0U);
    EXPECT_EQ(trace().live_before(), 0U);
    EXPECT_EQ(script(), before);
    heap_->allocate({50, 8}, 0);
    EXPECT_EQ(trace().records().size(), 2U);
    trace().stop();
    const mm::Trace::Recording off = trace().set_aside();
    trace().start(*heap_);
    trace().bring_back(off);
    EXPECT_FALSE(trace().is_on());
    heap_->allocate({60, 8}, 0);
    EXPECT_EQ(trace().records().size(), 2U);
}

TEST(Trace, IsEmptyAndOffAtFirst) {
    const auto trace = std::make_unique<mm::Trace>();
    EXPECT_FALSE(trace->is_on());
    EXPECT_TRUE(trace->records().empty());
    EXPECT_EQ(trace->dropped(), 0U);
    EXPECT_EQ(trace->live_before(), 0U);
    EXPECT_FALSE(trace->was_set_back());
}

TEST_F(TraceTest, WhatFailedOrWasTakenBackNeverHappened) {
    EXPECT_EQ(heap_->allocate({heap_->size() + 1}, 0), nullptr);
    EXPECT_EQ(heap_->allocate_all(4, {30'000}, 0, mm::Fill::none), 3U);
    EXPECT_TRUE(trace().records().empty());
    EXPECT_EQ(heap_->allocate_all(3, {30'000}, 0, mm::Fill::none), 3U);
    ASSERT_EQ(trace().records().size(), 3U);
    EXPECT_EQ(trace().records()[2].number, 3U);
}

TEST_F(TraceTest, TheLastRecordThatFitsAndTheFirstThatDoesNot) {
    for (std::size_t pair = 0; pair < mm::Trace::capacity / 2; ++pair) {
        heap_->free(*heap_->allocate({8}, 0), 0);
    }
    EXPECT_EQ(trace().records().size(), mm::Trace::capacity);
    EXPECT_EQ(trace().dropped(), 0U);
    heap_->allocate({8}, 0);
    EXPECT_EQ(trace().records().size(), mm::Trace::capacity);
    EXPECT_EQ(trace().dropped(), 1U);
    EXPECT_EQ(trace().records()[0].number, 1U) << "the beginning stays";
    EXPECT_EQ(trace().repeat(*heap_).done, mm::Trace::capacity);
    EXPECT_EQ(heap_->ledger().live_count(), 0U) << "what was dropped is not done again";
    trace().start(*heap_);
    EXPECT_EQ(trace().dropped(), 0U);
    EXPECT_TRUE(trace().records().empty());
}

TEST_F(TraceTest, TheScriptBeginsWithTheHeapAsItWas) {
    heap_->set_policy({.fit = mm::Fit::best});
    trace().start(*heap_);
    const Block* block = heap_->allocate({24}, 0);
    heap_->set_name(*block, "a");
    heap_->free(*block, 0);
    heap_->reset();
    heap_->select("bump");
    EXPECT_EQ(script(),
              (std::vector<std::string>{"allocator linked-list --force; "
                                        "policy fit=best order=address coalesce=on --force; reset",
                                        "alloc 24 name=a", "free #1", "reset",
                                        "allocator bump --force; reset"}));
}

TEST_F(TraceTest, BlocksFromBeforeHaveNoNumberAndNoCommand) {
    const Block* old = heap_->allocate({24}, 0);
    trace().start(*heap_);
    EXPECT_EQ(trace().live_before(), 1U);
    heap_->free(*old, 0);
    heap_->allocate({40}, 0);
    EXPECT_EQ(trace().records()[0].number, 0U);
    EXPECT_EQ(trace().records()[1].number, 1U);
    EXPECT_EQ(script()[1], "");
    EXPECT_EQ(script()[2], "alloc 40");
}

TEST_F(TraceTest, RepeatingEndsWhereABlockIsMissing) {
    heap_->allocate({24}, 0);
    heap_->allocate({48}, 0);
    heap_->allocate({72}, 0);
    heap_->fail_after(2);
    const mm::Trace::Repetition repetition = trace().repeat(*heap_);
    EXPECT_EQ(repetition.done, 1U);
    EXPECT_EQ(repetition.elsewhere, 1U);
    ASSERT_NE(repetition.first_elsewhere, nullptr);
    EXPECT_EQ(repetition.first_elsewhere->layout.size, 48U);
    EXPECT_EQ(repetition.found, VirtAddr{});
}

TEST_F(TraceTest, RepeatsEverythingAtTheSamePlaces) {
    heap_->set_policy({.fit = mm::Fit::best});
    trace().start(*heap_);
    const Block* first = heap_->allocate({20, 32}, 0x1234, mm::Fill::zero);
    heap_->set_name(*first, "vec");
    heap_->allocate({48}, 0x2345);
    heap_->reallocate(*heap_->ledger().with_number(1), 600, 0x3456);
    heap_->free(*heap_->ledger().with_number(2), 0x4567);
    heap_->set_policy({.fit = mm::Fit::worst});
    heap_->allocate({24}, 0, mm::Fill::zero);
    heap_->set_name(*heap_->ledger().with_number(1), "a");
    heap_->select("bump");
    heap_->select("linked-list");
    heap_->allocate({40, 64}, 0xabc, mm::Fill::zero);
    heap_->set_name(*heap_->ledger().with_number(1), "b");
    const mm::Trace::Repetition repetition = trace().repeat(*heap_);
    EXPECT_EQ(repetition.done, 9U);
    EXPECT_EQ(repetition.done, trace().records().size());
    EXPECT_EQ(repetition.elsewhere, 0U);
    EXPECT_EQ(repetition.first_elsewhere, nullptr);
    EXPECT_TRUE(trace().is_on());
    EXPECT_EQ(heap_->design(), "linked-list");
    const Block* last = heap_->ledger().with_name("b");
    ASSERT_NE(last, nullptr);
    EXPECT_EQ(last->layout, (mm::Layout{40, 64}));
    EXPECT_EQ(last->caller, 0xabcU);
    const auto* bytes = reinterpret_cast<const std::byte*>(last->address.value);
    EXPECT_EQ(std::count(bytes, bytes + 40, std::byte{0}), 40);
    EXPECT_EQ(heap_->ledger().live_count(), 1U);
}

TEST_F(TraceTest, RepeatingBeginsWithTheDesignAndPolicyOfTheBeginning) {
    heap_->set_policy({.fit = mm::Fit::worst});
    trace().start(*heap_);
    heap_->allocate({24}, 0);
    heap_->select("bump");
    trace().stop();
    heap_->select("buddy");
    EXPECT_EQ(trace().repeat(*heap_).done, 2U);
    EXPECT_EQ(heap_->design(), "bump");
    EXPECT_FALSE(trace().is_on()) << "it was off before";
    heap_->allocate({24}, 0);
    EXPECT_EQ(trace().records().size(), 2U);
    trace().start(*heap_);
    heap_->allocate({24}, 0);
    EXPECT_EQ(trace().repeat(*heap_).elsewhere, 1U) << "the block of before is gone";
    EXPECT_EQ(heap_->design(), "bump");
    heap_->allocate({24}, 0);
    EXPECT_EQ(trace().records().back().number, 2U) << "it goes on behind its last record";
}

TEST_F(TraceTest, RepeatingCountsBlocksThatComeToOtherPlaces) {
    heap_->allocate({24}, 0);
    trace().start(*heap_);
    heap_->allocate({40}, 0);
    heap_->allocate({56}, 0);
    const mm::Trace::Repetition repetition = trace().repeat(*heap_);
    EXPECT_EQ(repetition.done, 2U);
    EXPECT_EQ(repetition.elsewhere, 2U);
    EXPECT_EQ(repetition.first_elsewhere, trace().records().data());
    EXPECT_EQ(repetition.first_elsewhere->address, heap_->start() + 24);
    EXPECT_EQ(repetition.found, heap_->start());
}

TEST_F(TraceTest, RepeatingEndsWhereABlockCannotBeResized) {
    const Block* block = heap_->allocate({24}, 0);
    heap_->reallocate(*block, 48, 0);
    heap_->allocate({8}, 0);
    heap_->fail_after(2);
    EXPECT_EQ(trace().repeat(*heap_).done, 1U);
    EXPECT_EQ(heap_->ledger().with_number(1)->layout.size, 24U);
    EXPECT_EQ(trace().repeat(*heap_).done, 3U);
}

TEST_F(TraceTest, RepeatingEndsAtABlockFromBefore) {
    const Block* old = heap_->allocate({24}, 0);
    trace().start(*heap_);
    heap_->reallocate(*old, 32, 0);
    heap_->allocate({8}, 0);
    const mm::Trace::Repetition repetition = trace().repeat(*heap_);
    EXPECT_EQ(repetition.done, 0U);
    EXPECT_EQ(repetition.first_elsewhere, trace().records().data());
    EXPECT_EQ(heap_->ledger().last_number(), 0U);
}

TEST_F(TraceTest, RepeatingEndsAtABlockThatIsFreedAlready) {
    const Block block = *heap_->allocate({24}, 0);
    heap_->free(*heap_->ledger().with_number(1), 0);
    // As after `undo` of the `free`, and another one.
    trace().note({.kind = Kind::set_back});
    trace().note({.kind = Kind::free, .block = block});
    EXPECT_EQ(trace().repeat(*heap_).done, 2U);
}

TEST_F(TraceTest, ANameIsToldWithTheBlocksOwnAllocation) {
    const Block* old = heap_->allocate({24}, 0);
    trace().start(*heap_);
    heap_->allocate({32}, 0);
    heap_->allocate({40}, 0);
    heap_->free(*heap_->ledger().with_number(3), 0);
    heap_->set_name(*old, "old");
    heap_->set_name(*heap_->ledger().with_number(2), "low");
    EXPECT_EQ(trace().records()[0].name.view(), "low");
    EXPECT_EQ(trace().records()[1].name.view(), "");
    // A block that `undo` of a reset brought back is not one that came after the reset, nor before.
    heap_->reset();
    Block block = *heap_->allocate({48}, 0);
    EXPECT_EQ(trace().records().back().number, 1U) << "numbers begin anew";
    heap_->reset();
    block.name = mm::BlockName("back");
    trace().note({.kind = Kind::set_back});
    trace().note({.kind = Kind::name, .block = block});
    for (const mm::TraceRecord& record : trace().records()) EXPECT_NE(record.name.view(), "back");
}

TEST_F(TraceTest, SettingTheHeapBackIsRemembered) {
    EXPECT_FALSE(trace().was_set_back());
    heap_->tell_set_back();
    EXPECT_TRUE(trace().was_set_back());
    EXPECT_TRUE(trace().records().empty());
    trace().start(*heap_);
    EXPECT_FALSE(trace().was_set_back());
}

TEST_F(TraceTest, NothingIsRecordedOnceItHasStopped) {
    heap_->allocate({8}, 0);
    trace().stop();
    heap_->allocate({8}, 0);
    EXPECT_EQ(trace().records().size(), 1U);
    EXPECT_FALSE(trace().is_on());
}

TEST_F(TraceTest, ATraceThatIsGoneWatchesNoMore) {
    const auto other = std::make_unique<mm::Trace>();
    other->start(*heap_);
    other->start(*heap_);
    trace_.reset();
    heap_->allocate({8}, 0);
    EXPECT_EQ(other->records().size(), 1U) << "once, and the other trace is not in its way";
}

TEST_F(TraceTest, ATraceWatchesOneHeapAtATime) {
    const std::size_t size = mm::Heap::memory_needed(4096);
    const AlignedBytes region = aligned_bytes(4096);
    const AlignedBytes memory = aligned_bytes(size);
    mm::Heap other({region.get(), 4096}, {memory.get(), size});
    trace().start(other);
    heap_->allocate({8}, 0);
    EXPECT_TRUE(trace().records().empty());
    other.allocate({8}, 0);
    ASSERT_EQ(trace().records().size(), 1U);
    EXPECT_EQ(trace().records()[0].address, address_of(region.get()));
    trace().stop();
}

TEST(FailAfter, FailsOnceAndChangesNothing) {
    TestHeap heap;
    const Block* block = heap->allocate({24}, 0);
    heap->fail_after(2);
    EXPECT_NE(heap->reallocate(*block, 32, 0), nullptr);
    EXPECT_EQ(heap->fails_in(), 1U);
    EXPECT_EQ(heap->reallocate(*heap->ledger().with_number(1), 64, 0), nullptr);
    EXPECT_EQ(heap->failure_reason({64}), mm::Failure::Reason::failafter);
    EXPECT_EQ(heap->ledger().with_number(1)->layout.size, 32U);
    EXPECT_EQ(heap->stats().failures, 1U);
    EXPECT_EQ(heap->fails_in(), 0U);
    EXPECT_EQ(heap->allocate({heap->size()}, 0), nullptr);
    EXPECT_EQ(heap->failure_reason({heap->size()}), mm::Failure::Reason::no_hole);
    EXPECT_NE(heap->allocate({24}, 0), nullptr);
}

}  // namespace
}  // namespace heap44::test
