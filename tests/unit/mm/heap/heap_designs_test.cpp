// SPDX-License-Identifier: MIT
// The heap with its designs and policies: switching, and requests for many blocks that fail whole.
#include <algorithm>
#include <cstddef>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "mm/heap/bare_design.hpp"
#include "mm/heap/cells.hpp"
#include "mm/heap/heap.hpp"
#include "region.hpp"
#include "shell/explain/inspect.hpp"
#include "support/offsets.hpp"

namespace heap44::test {

namespace {

std::vector<std::byte> bytes_of(mm::Heap& heap) {
    const auto* first = reinterpret_cast<const std::byte*>(heap.start().value);
    return {first, first + heap.size()};
}

Holes holes_of(const mm::Heap& heap) {
    Holes holes;
    heap.for_each_hole([&](const mm::Hole& hole) {
        holes.push_back({address_of(hole.address) - heap.start(), hole.size});
        return true;
    });
    return holes;
}

/// A design, or the linked list under a policy.
struct Setting {
    std::string name;
    mm::Policy policy;
};

std::vector<Setting> all_settings() {
    std::vector<Setting> settings;
    // A heap without a window cannot have the one that needs it; guard_page_test.cpp has its tests.
    for (const std::string_view name : mm::design_names()) {
        if (name != "guard-page") settings.push_back({std::string(name), {}});
    }
    for (const mm::Fit fit : {mm::Fit::first, mm::Fit::next, mm::Fit::best, mm::Fit::worst}) {
        for (const mm::Order order : {mm::Order::address, mm::Order::size, mm::Order::recent}) {
            for (const mm::Coalesce coalesce : {mm::Coalesce::on, mm::Coalesce::off}) {
                settings.push_back({"linked-list", {fit, order, coalesce}});
            }
        }
    }
    return settings;
}

void apply(mm::Heap& heap, const Setting& setting) {
    ASSERT_TRUE(heap.select(setting.name));
    if (setting.policy != mm::Policy{}) ASSERT_TRUE(heap.set_policy(setting.policy));
    ASSERT_EQ(heap.design(), setting.name);
}

/// A few blocks with gaps between them, so that policies differ.
void make_gaps(mm::Heap& heap) {
    for (std::size_t size = 64; size < 640; size += 64) (void)heap.allocate({size, 8}, 0);
    for (const std::uint64_t number : {7U, 2U, 5U}) {
        if (const mm::Block* block = heap.ledger().with_number(number)) heap.free(*block, 0);
    }
    (void)heap.allocate({32, 8}, 0);
}

TEST(HeapDesigns, NamesAreListedOnce) {
    const auto names = mm::design_names();
    EXPECT_EQ(names.front(), "linked-list");
    for (const std::string_view name : names) EXPECT_EQ(std::ranges::count(names, name), 1) << name;
}

TEST(HeapDesigns, PolicyBelongsToTheLinkedList) {
    TestHeap heap(4096);
    EXPECT_EQ(heap->policy(), mm::Policy{});
    EXPECT_TRUE(heap->set_policy({.fit = mm::Fit::worst}));
    heap->reset();
    EXPECT_EQ(heap->policy(), mm::Policy{.fit = mm::Fit::worst}) << "a reset keeps the policy";
    EXPECT_TRUE(heap->set_policy({}));
    EXPECT_EQ(heap->policy(), mm::Policy{});
    EXPECT_TRUE(heap->select("bump"));
    EXPECT_EQ(heap->policy(), std::nullopt);
    EXPECT_FALSE(heap->set_policy({}));
    EXPECT_FALSE(heap->select("no-such-design"));
    EXPECT_EQ(heap->design(), "bump");
}

TEST(HeapDesigns, OnlyGuardPageUsesAWindow) {
    EXPECT_TRUE(mm::uses_window("guard-page"));
    EXPECT_FALSE(mm::uses_window("linked-list"));
    EXPECT_FALSE(mm::uses_window("no-such-design"));
}

TEST(HeapDesigns, ASearchOfNextFitBeginsWhereTheLastOneEnded) {
    TestHeap heap(4096);
    EXPECT_EQ(heap->search_start(), std::nullopt) << "the plain list has no such place";
    heap->set_policy({.fit = mm::Fit::next});
    EXPECT_EQ(heap->search_start(), std::nullopt) << "at the first hole";
    heap->allocate({64}, 0);
    EXPECT_EQ(heap->search_start(), heap->start() + 64);
    heap->set_policy({.fit = mm::Fit::best});
    heap->allocate({64}, 0);
    EXPECT_EQ(heap->search_start(), std::nullopt);
    heap->select("tlsf");
    EXPECT_EQ(heap->search_start(), std::nullopt);
}

TEST(HeapDesigns, AWalkOverTheHolesEndsWhenTheVisitorHasEnough) {
    for (const Setting& setting : all_settings()) {
        TestHeap heap(8192);
        apply(*heap, setting);
        make_gaps(*heap);
        const std::size_t count = holes_of(*heap).size();
        for (std::size_t most = 1; most <= count; ++most) {
            std::size_t seen = 0;
            EXPECT_FALSE(heap->for_each_hole([&](const mm::Hole&) { return ++seen < most; }));
            EXPECT_EQ(seen, most) << setting.name;
        }
    }
}

TEST(HeapDesigns, ADesignCanBeLentByItselfAndComesBackEmpty) {
    TestHeap heap(4096);
    heap->select("tlsf");
    heap->allocate({64}, 0);
    bool was_lent = false;
    heap->lend_design([&](mm::BareDesign& design, std::span<std::byte> scratch) {
        was_lent = true;
        EXPECT_EQ(scratch.size(), 4096U);
        std::byte* first = design.allocate({64});
        EXPECT_EQ(address_of(first), heap->start()) << "it was emptied";
        design.deallocate(first, {64});
        EXPECT_EQ(design.allocate({4096}), first);
        EXPECT_EQ(design.reallocate(first, {4096}, 64), first);
        EXPECT_NE(design.allocate({64}), nullptr);
    });
    EXPECT_TRUE(was_lent);
    EXPECT_EQ(heap->stats().free, 4096U);
    EXPECT_EQ(heap->ledger().last_number(), 0U);
}

// The state that a failed request must not touch: bytes, holes and figures.
TEST(AllocateAll, ThatDoesNotFitChangesNothing) {
    for (const Setting& setting : all_settings()) {
        SCOPED_TRACE(setting.name + " " + std::string(mm::name(setting.policy.fit)));
        TestHeap heap(8192);
        apply(*heap, setting);
        make_gaps(*heap);
        const auto bytes = bytes_of(*heap);
        const Holes holes = holes_of(*heap);
        const mm::HeapStats before = heap->stats();
        EXPECT_LT(heap->allocate_all(1000, {40, 32}, 0, mm::Fill::zero), 1000U);
        EXPECT_EQ(bytes_of(*heap), bytes);
        EXPECT_EQ(holes_of(*heap), holes);
        EXPECT_EQ(heap->stats().live, before.live);
        EXPECT_EQ(heap->stats().allocations, before.allocations);
        EXPECT_EQ(heap->stats().peak_used, before.peak_used);
    }
}

/// Where blocks go afterwards, in a heap that a request may have failed in before.
std::vector<std::uint64_t> places(const Setting& setting, bool with_failure) {
    TestHeap heap(8192);
    apply(*heap, setting);
    make_gaps(*heap);
    if (with_failure) EXPECT_LT(heap->allocate_all(1000, {40, 8}, 0, mm::Fill::none), 1000U);
    std::vector<std::uint64_t> result;
    for (const std::size_t size : {16U, 64U, 100U, 24U, 300U, 48U}) {
        const mm::Block* block = heap->allocate({size, 8}, 0);
        result.push_back(block != nullptr ? block->address.value : 0);
        result.push_back(block != nullptr ? block->number : 0);
    }
    return result;
}

TEST(AllocateAll, ThatFailedLeavesNoTraceInWhatComesAfter) {
    for (const Setting& setting : all_settings()) {
        EXPECT_EQ(places(setting, true), places(setting, false)) << setting.name;
    }
}

TEST(HeapDesigns, CellsCoverTheHeapUnderEveryDesign) {
    for (const Setting& setting : all_settings()) {
        TestHeap heap(8192);
        apply(*heap, setting);
        make_gaps(*heap);
        mm::Cells cells(*heap);
        VirtAddr position = heap->start();
        std::size_t holes = 0;
        for (mm::Cell cell; cells.next(cell); position += cell.size) {
            ASSERT_EQ(cell.address, position) << setting.name;
            ASSERT_NE(cell.size, 0U) << setting.name;
            if (cell.kind == mm::Cell::Kind::hole) holes += cell.size;
        }
        EXPECT_EQ(position, heap->end()) << setting.name;
        EXPECT_EQ(holes, heap->stats().free) << setting.name;
        EXPECT_FALSE(shell::find_problem(*heap)) << setting.name;
    }
}

}  // namespace

}  // namespace heap44::test
