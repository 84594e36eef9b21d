// SPDX-License-Identifier: MIT
// The indexed design does what the linked list does, to the byte: on the golden traces, on single
// steps that matter (the index comes and goes, the last hole changes), and on random sequences.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lockstep/lockstep.hpp"
#include "many_holes.hpp"
#include "support/guarded_region.hpp"

namespace heap44::test {
namespace {

void replay(const std::filesystem::path& path) {
    Lockstep heaps({.heap_size = default_heap_size}, 0);
    std::ifstream trace(path);
    std::map<int, std::byte*> blocks;
    std::string operation;
    for (int id = 0; trace >> operation >> id;) {
        if (operation == "f") {
            heaps.deallocate(heaps.index_of(blocks.at(id)));
        } else {
            mm::Layout layout{};
            trace >> layout.size >> layout.align;
            blocks[id] = heaps.allocate(layout);
        }
    }
    EXPECT_EQ(heaps.difference(), "") << path;
}

TEST(Indexed, ReplaysTheGoldenTracesLikeTheLinkedList) {
    for (const auto& entry : std::filesystem::directory_iterator("tests/golden")) {
        if (entry.path().extension() == ".trace") replay(entry.path());
    }
}

TEST(Indexed, FillsTheHeapToTheLastByteAndEmptiesItAgain) {
    Lockstep heaps({.heap_size = 64 * kib}, 0);
    while (heaps.allocate({24}) != nullptr) {
    }
    while (heaps.allocate({1}) != nullptr) {
    }
    EXPECT_EQ(heaps.allocate({0}), nullptr);
    for (std::size_t step = 0; heaps.live() > 0; step += 7919)
        heaps.deallocate(step % heaps.live());
    EXPECT_EQ(heaps.difference(), "");
    EXPECT_EQ(heaps.model().holes().size(), 1U);
}

TEST(Indexed, ResizesInPlaceLikeTheLinkedListWithAndWithoutTheIndex) {
    for (const std::size_t holes : {std::size_t{2}, std::size_t{100}}) {
        Lockstep heaps({.heap_size = 1 * mib}, 0);
        make_holes(heaps, holes, 64);
        std::byte* block = heaps.allocate({4000});
        const std::size_t index = heaps.index_of(block);
        for (const std::size_t size : {4096U, 100U, 92U, 80U, 8000U, 16U, 24U, 32U, 16U, 0U}) {
            EXPECT_EQ(heaps.reallocate(index, size), block) << size;
        }
        EXPECT_EQ(heaps.difference(), "") << holes;
    }
}

// The index is dropped when there are fewer than 16 holes, by whatever takes the last but one.
TEST(Indexed, DropsItsIndexWhenAResizedBlockTakesAHole) {
    Lockstep heaps({.heap_size = 64 * kib}, 0);
    make_holes(heaps, 40, 64);
    // Each block of 16 grows into the hole behind it.
    for (std::size_t hole = 1; hole < 40; ++hole) {
        std::byte* block = reinterpret_cast<std::byte*>(heap_start.value + hole * 80 - 16);
        EXPECT_EQ(heaps.reallocate(heaps.index_of(block), 80), block) << hole;
        EXPECT_EQ(heaps.difference(), "") << hole;
    }
    EXPECT_NE(heaps.allocate({64}), nullptr);
    EXPECT_EQ(heaps.difference(), "");
}

TEST(Indexed, DropsItsIndexWhenTheLastHoleIsTakenWhole) {
    Lockstep heaps({.heap_size = 8 * kib}, 0);
    make_holes(heaps, 34, 64);
    const std::size_t rest = 8 * kib - std::size_t{34} * 80;
    for (std::size_t taken = 0; taken < 19; ++taken) EXPECT_NE(heaps.allocate({64}), nullptr);
    EXPECT_NE(heaps.allocate({rest}), nullptr) << "15 holes are left";
    EXPECT_EQ(heaps.difference(), "");
    for (std::size_t taken = 0; taken < 15; ++taken) EXPECT_NE(heaps.allocate({64}), nullptr);
    EXPECT_EQ(heaps.allocate({0}), nullptr);
    EXPECT_EQ(heaps.difference(), "");
}

/// A heap with an index of 40 holes of 24 bytes, then a block of 128, one of 72, and one to the
/// end.
class IndexedEnd : public testing::Test {
protected:
    IndexedEnd() {
        make_holes(heaps_, 40, 24);
        middle_ = heaps_.allocate({128});
        heaps_.allocate({72});
        last_ = heaps_.allocate({rest});
    }
    void free(const std::byte* block) { heaps_.deallocate(heaps_.index_of(block)); }
    /// The block of 128 is a hole, and the last one.
    void expect_middle_is_last() {
        EXPECT_EQ(heaps_.allocate({48}), middle_);
        EXPECT_EQ(heaps_.allocate({48}), middle_ + 48);
        EXPECT_EQ(heaps_.allocate({200}), nullptr);
        EXPECT_EQ(heaps_.allocate({32}), middle_ + 96);
        EXPECT_EQ(heaps_.difference(), "");
    }

    static constexpr std::size_t rest = 8 * kib - std::size_t{40} * 40 - 200;
    Lockstep heaps_{{.heap_size = 8 * kib}, 0};
    std::byte* middle_;
    std::byte* last_;
};

TEST_F(IndexedEnd, TheHoleBeforeTheLastOneBecomesTheLast) {
    free(middle_);
    expect_middle_is_last();
}

TEST_F(IndexedEnd, TheLastHoleIsTakenWholeAndTheOneBeforeItIsTheLast) {
    free(middle_);
    free(last_);
    EXPECT_EQ(heaps_.allocate({rest}), last_);
    expect_middle_is_last();
}

TEST_F(IndexedEnd, TheLastHoleIsFoundBySizeWhenAnotherComesBehindIt) {
    free(middle_);
    free(last_);
    EXPECT_EQ(heaps_.allocate({128}), middle_);
    EXPECT_EQ(heaps_.allocate({200}), last_);
    EXPECT_EQ(heaps_.difference(), "");
}

TEST_F(IndexedEnd, ABlockThatShrinksLeavesALastHoleAndTakesItBack) {
    free(middle_);
    const std::size_t index = heaps_.index_of(last_);
    EXPECT_EQ(heaps_.reallocate(index, 1000), last_);
    EXPECT_EQ(heaps_.allocate({128}), middle_);
    EXPECT_EQ(heaps_.difference(), "");
    free(middle_);
    EXPECT_EQ(heaps_.reallocate(heaps_.index_of(last_), rest), last_);
    expect_middle_is_last();
}

TEST(Indexed, CopiesWhereEightBytesWouldBeLeft) {
    Lockstep heaps({.heap_size = 64 * kib}, 0);
    std::byte* block = heaps.allocate({24});
    heaps.allocate({16});
    EXPECT_NE(heaps.reallocate(0, 16), block);
    EXPECT_EQ(heaps.difference(), "");
}

TEST(Indexed, LeavesABlockAloneThatCannotGrow) {
    Lockstep heaps({.heap_size = 4 * kib}, 0);
    heaps.allocate({3000});
    heaps.allocate({500});
    EXPECT_EQ(heaps.reallocate(0, 5000), nullptr);
    EXPECT_EQ(heaps.reallocate(0, ~std::size_t{0}), nullptr);
    EXPECT_EQ(heaps.difference(), "");
}

struct RandomSequences : testing::TestWithParam<Scenario> {};

TEST_P(RandomSequences, SequencesEndAlike) {
    constexpr std::uint64_t seed = 44;
    EXPECT_EQ(Lockstep(GetParam(), seed).run(60'000), "");
}

const Scenario scenarios[] = {
    {.heap_size = 4 * kib, .largest_size = 64, .live_blocks = 40, .percent_reallocated = 20},
    {.heap_size = 100 * kib, .largest_size = 64},
    {.heap_size = 100 * kib, .percent_aligned = 30, .percent_reallocated = 10},
    {.heap_size = 100 * kib, .largest_size = 32, .live_blocks = 3000, .percent_reallocated = 20},
    {.heap_size = 1 * mib, .largest_size = 4096, .is_log_uniform = true, .percent_aligned = 20},
    {.heap_size = 16 * mib, .largest_size = 8192, .live_blocks = 3000, .percent_reallocated = 5},
    {.heap_size = 1 * mib + 40, .live_blocks = 5000, .percent_aligned = 5, .shift = 3},
};
INSTANTIATE_TEST_SUITE_P(Indexed, RandomSequences, testing::ValuesIn(scenarios));

TEST(Indexed, ManagesAHeapOfOneGibibyte) {
    Lockstep heaps({.heap_size = 1024 * mib}, 0);
    make_holes(heaps, 50, 15 * mib);
    EXPECT_NE(heaps.allocate({15 * mib - 16}), nullptr);
    EXPECT_NE(heaps.allocate({200 * mib}), nullptr);
    EXPECT_EQ(heaps.allocate({200 * mib}), nullptr);
    EXPECT_EQ(heaps.hole_difference(), "");
}

// It tells nobody whether it has an index but by this: with one and more than 18 holes few are met.
TEST(Indexed, HasAnIndexAfterMoreThan48HolesUntilThereAreFewerThan16) {
    struct alignas(64) Line {
        std::byte bytes[64];
    };
    GuardedRegion region(64 * kib);
    std::vector<Line> metadata(mm::Indexed::metadata_bytes(64 * kib) / 64 + 1);
    mm::Indexed design(region.bytes(), std::as_writable_bytes(std::span(metadata)));
    std::vector<std::pair<std::byte*, mm::Layout>> live;
    std::mt19937_64 random(44);
    bool is_indexed = false;
    std::size_t holes = 1;
    std::size_t most = 0;
    for (int step = 0; step < 20'000; ++step) {
        const bool grows = step / 250 % 2 == 0;
        if (const std::uint64_t choice = random() % 10; live.empty() || choice < (grows ? 6 : 3)) {
            const mm::Layout layout{random() % 200, choice == 0 ? 64U : 8U};
            if (std::byte* block = design.allocate(layout)) live.emplace_back(block, layout);
        } else {
            auto& [block, layout] = live[random() % live.size()];
            if (choice == 9) {
                const std::size_t wanted = random() % 200;
                std::byte* moved = design.reallocate(block, layout, wanted);
                if (moved == nullptr) continue;
                block = moved;
                layout.size = wanted;
            } else {
                design.deallocate(block, layout);
                std::swap(live.back(),
                          *std::ranges::find(live, block, [](auto& each) { return each.first; }));
                live.pop_back();
            }
        }
        // An operation that begins with many holes makes the index.
        is_indexed = is_indexed || holes > 48;
        holes = 0;
        design.for_each_hole([&](const mm::Hole&) { return ++holes != 0; });
        is_indexed = is_indexed && holes >= 16;
        most = std::max(most, holes);
        ASSERT_EQ(design.meets_few_holes(), is_indexed && holes > 18) << step << ", " << holes;
    }
    EXPECT_GT(most, 60U);
}

TEST(Indexed, KeepsItsIndexSmall) {
    for (const std::size_t size : {64 * kib, 16 * mib, 1024 * mib}) {
        EXPECT_LT(mm::Indexed::metadata_bytes(size), size / 20) << size;
    }
}

}  // namespace
}  // namespace heap44::test
