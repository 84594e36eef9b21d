// SPDX-License-Identifier: MIT
// What stands in the way of a block: foretold from sizes and addresses, and compared with what the
// designs do.
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "mm/heap/heap.hpp"
#include "region.hpp"
#include "window_heap.hpp"

namespace heap44::test {
namespace {

using mm::Hole;
using mm::Layout;

/// Designs that work in a region, and a policy of each kind of the linked list.
std::vector<std::pair<std::string, mm::Policy>> settings() {
    std::vector<std::pair<std::string, mm::Policy>> all;
    for (const std::string_view name : mm::design_names()) {
        if (name != "guard-page" && name != "dummy") all.emplace_back(name, mm::Policy{});
    }
    all.emplace_back("linked-list", mm::Policy{.fit = mm::Fit::best});
    all.emplace_back("linked-list", mm::Policy{.coalesce = mm::Coalesce::off});
    return all;
}

void apply(mm::Heap& heap, const std::pair<std::string, mm::Policy>& setting) {
    ASSERT_TRUE(heap.select(setting.first));
    if (setting.second != mm::Policy{}) ASSERT_TRUE(heap.set_policy(setting.second));
}

/// A hole at this distance from the heap's start, which need not be there.
Hole hole_at(const mm::Heap& heap, std::size_t offset, std::size_t size, std::size_t front = 0) {
    return {reinterpret_cast<std::byte*>((heap.start() + offset).value), size, nullptr, front};
}

class ObstacleTest : public testing::Test {
protected:
    std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
    Layout any_layout(std::size_t largest, std::size_t largest_align) {
        // The classes of 8 and 16 bytes have free blocks that look alike.
        return {9 + below(largest), std::size_t{1} << below(largest_align)};
    }

private:
    std::mt19937_64 random_{44};
};

TEST_F(ObstacleTest, WhatFailsHasOneInEveryHole) {
    TestHeap heap(4096);
    for (const auto& setting : settings()) {
        apply(*heap, setting);
        int failed = 0;
        for (int step = 0; step < 3000; ++step) {
            if (below(5) < 2 && heap->ledger().live_count() > 0) {
                const mm::Block* block = heap->ledger().live_from(heap->start() + below(4096));
                if (block != nullptr) heap->free(*block, 0);
                continue;
            }
            const Layout layout = any_layout(below(10) == 0 ? 2000 : 120, 10);
            bool expected = false;
            heap->for_each_hole([&](const Hole& hole) {
                expected = expected || heap->obstacle(hole, layout).empty();
                return true;
            });
            const bool given = heap->allocate(layout, 0) != nullptr;
            failed += given ? 0 : 1;
            // tlsf looks at three holes and lets the others be.
            if (given || setting.first != "tlsf") {
                ASSERT_EQ(given, expected) << setting.first << " " << layout.size << " align "
                                           << layout.align << ", step " << step;
            }
        }
        EXPECT_GT(failed, 100) << setting.first;
    }
}

TEST_F(ObstacleTest, OneHoleIsAnEmptyHeap) {
    for (const auto& setting : settings()) {
        int fitted = 0;
        for (int round = 0; round < 400; ++round) {
            const std::size_t size = 16 + 8 * below(128);
            TestHeap heap(size);
            apply(*heap, setting);
            const Layout layout = any_layout(200, 8);
            // About as many as fit, and one at least.
            const std::size_t count = 1 + below(2 * size / layout.size + 1);
            const bool foretold = heap->would_fit(size, layout, count);
            const std::size_t given = heap->allocate_all(count, layout, 0, mm::Fill::none);
            fitted += foretold ? 1 : 0;
            ASSERT_EQ(given == count, foretold)
                << setting.first << ": " << given << " of " << count << " times " << layout.size
                << " align " << layout.align << " in " << size;
        }
        EXPECT_GT(fitted, 50) << setting.first;
        EXPECT_LT(fitted, 350) << setting.first;
    }
}

TEST_F(ObstacleTest, HugeNumbersFitNowhere) {
    TestHeap heap(4096);
    constexpr std::size_t most = ~std::size_t{0};
    for (const std::string_view name : mm::design_names()) {
        if (name == "guard-page") continue;
        heap->select(name);
        for (const Layout layout : {Layout{most, 8}, Layout{most - 7, 8}, Layout{most, 1},
                                    Layout{8, std::size_t{1} << 63}}) {
            EXPECT_NE(heap->obstacle(hole_at(*heap, 0, 4096), layout), "") << name;
            EXPECT_FALSE(heap->would_fit(4096, layout, 1)) << name;
        }
        EXPECT_FALSE(heap->would_fit(4096, {16}, most)) << name;
        EXPECT_FALSE(heap->would_fit(0, {0}, 1)) << name;
        EXPECT_EQ(heap->would_fit(4096, {0}, 256), name != "dummy") << name;
    }
}

TEST_F(ObstacleTest, TheListLeavesNoRestOf8Bytes) {
    TestHeap heap(4096);
    for (const std::string_view name : {"linked-list", "indexed"}) {
        heap->select(name);
        const auto obstacle = [&](std::size_t offset, std::size_t size, Layout layout) {
            return heap->obstacle(hole_at(*heap, offset, size), layout);
        };
        EXPECT_EQ(obstacle(0, 24, {16}), "8 bytes would be left, too few for a hole");
        EXPECT_EQ(obstacle(0, 16, {16}), "");
        EXPECT_EQ(obstacle(0, 32, {16}), "");
        EXPECT_EQ(obstacle(0, 8, {1}), "too small");
        EXPECT_EQ(obstacle(8, 64, {16, 64}), "too small behind the padding for the alignment")
            << "56 bytes in front, and 8 are left";
        EXPECT_EQ(obstacle(8, 96, {16, 64}), "");
        EXPECT_EQ(obstacle(8, 80, {16, 64}), "8 bytes would be left, too few for a hole");
        EXPECT_EQ(obstacle(8, 72, {16, 64}), "");
        EXPECT_EQ(obstacle(56, 80, {16, 64}), "too small behind the padding for the alignment")
            << "8 bytes in front cannot be a hole";
    }
}

TEST_F(ObstacleTest, AClassKeepsItsBlocks) {
    TestHeap heap(4096);
    heap->select("fixed-size-block");
    const auto obstacle = [&](std::size_t size, std::size_t front, Layout layout) {
        return heap->obstacle(hole_at(*heap, 0, size, front), layout);
    };
    EXPECT_EQ(obstacle(128, 8, {64}), "kept for blocks of its own class");
    EXPECT_EQ(obstacle(128, 8, {100}), "") << "its own class";
    EXPECT_EQ(obstacle(2048, 8, {3000}), "kept for blocks of its own class");
    EXPECT_EQ(obstacle(128, 16, {64}), "") << "the linked list's";
    EXPECT_EQ(obstacle(72, 16, {40}), "8 bytes would be left, too few for a hole");
    EXPECT_EQ(obstacle(3008, 16, {3000}), "8 bytes would be left, too few for a hole");
}

TEST_F(ObstacleTest, OtherDesignsSayTheirs) {
    TestHeap heap(4096);
    heap->select("buddy");
    EXPECT_EQ(heap->obstacle(hole_at(*heap, 0, 1024), {64, 2048}), "too small for a whole block");
    EXPECT_EQ(heap->obstacle(hole_at(*heap, 0, 4096), {64, 1 << 20}),
              "too small for a whole block");
    EXPECT_EQ(heap->obstacle(hole_at(*heap, 0, 1 << 20), {64, 1 << 20}),
              "the tree begins at no such multiple");
    EXPECT_EQ(heap->obstacle(hole_at(*heap, 0, 1024), {64, 1024}), "");
    heap->select("bump");
    EXPECT_EQ(heap->obstacle(hole_at(*heap, 4088, 8), {8}), "too small for a whole block");
    EXPECT_EQ(heap->obstacle(hole_at(*heap, 16, 4080), {4080, 32}),
              "too small behind the padding for the alignment");
    heap->select("dummy");
    EXPECT_EQ(heap->obstacle(hole_at(*heap, 0, 4096), {8}), "it gives none");
}

TEST_F(ObstacleTest, AGuardPageNeedsRoom) {
    WindowHeap heap(16);
    const auto obstacle = [&](std::size_t page, std::size_t pages, Layout layout) {
        return heap->obstacle(hole_at(*heap, page * page_size, pages * page_size), layout);
    };
    EXPECT_EQ(obstacle(0, 1, {8}), "too small for a block and its guard page");
    EXPECT_EQ(obstacle(0, 2, {4096}), "");
    EXPECT_EQ(obstacle(0, 2, {4097}), "too small for a block and its guard page");
    EXPECT_EQ(obstacle(1, 2, {8, 16384}), "too small behind the padding for the alignment");
    EXPECT_EQ(obstacle(1, 5, {8, 16384}), "");
    EXPECT_EQ(obstacle(0, 16, {~std::size_t{0}}), "too small for a block and its guard page");
    EXPECT_TRUE(heap->would_fit(16 * page_size, {8}, 8));
    EXPECT_FALSE(heap->would_fit(16 * page_size, {8}, 9));
    EXPECT_TRUE(heap->would_fit(16 * page_size, {8, 16384}, 4));
    EXPECT_FALSE(heap->would_fit(16 * page_size, {8, 16384}, 5));
    heap->select("guard-page", mm::GuardSide::front);
    EXPECT_EQ(obstacle(3, 2, {8, 16384}), "") << "the guard page lies in front of the multiple";
    EXPECT_EQ(obstacle(0, 2, {8, 16384}), "too small behind the padding for the alignment");
    EXPECT_EQ(obstacle(0, 4, {8, 16384}), "too small behind the padding for the alignment");
    EXPECT_EQ(obstacle(0, 5, {8, 16384}), "");
    EXPECT_EQ(obstacle(0, 2, {4097}), "too small for a block and its guard page");
}

}  // namespace
}  // namespace heap44::test
