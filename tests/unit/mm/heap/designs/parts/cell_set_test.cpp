// SPDX-License-Identifier: MIT
// The set of cells against the standard library's.
#include "mm/heap/designs/parts/cell_set.hpp"

#include <gtest/gtest.h>
#include <iterator>
#include <random>
#include <set>
#include <vector>

namespace heap44::test {
namespace {

using mm::CellSet;

class CellSetTest : public testing::TestWithParam<std::size_t> {};

TEST_P(CellSetTest, AnswersAsAStandardSetDoes) {
    const std::size_t leaves = GetParam();
    const std::size_t cells = leaves * 64;
    std::vector<std::uint64_t> words(CellSet::words_needed(leaves));
    CellSet set(words, leaves);
    std::set<std::size_t> model;
    std::mt19937_64 random(leaves);
    for (int step = 0; step < 20'000; ++step) {
        // Few members far apart for a while, then many.
        const bool adds = step % 4000 < 2000 ? random() % 8 == 0 : random() % 2 == 0;
        const std::size_t cell = random() % cells;
        if (adds) {
            set.exchange(cell, CellSet::bit(cell));
            model.insert(cell);
        } else {
            const auto next = model.lower_bound(cell);
            const std::size_t gone = next == model.end() ? cell : *next;
            set.exchange(gone, 0);
            model.erase(gone);
        }
        const std::size_t asked = random() % cells;
        const auto at_or_behind = model.lower_bound(asked);
        const std::size_t before =
            at_or_behind == model.begin() ? CellSet::none : *std::prev(at_or_behind);
        ASSERT_EQ(set.last_before(asked, false), before) << step;
        ASSERT_EQ(set.last_before(asked, true), model.contains(asked) ? asked : before) << step;
    }
}

TEST_P(CellSetTest, OneCellTakesTheOthersPlaceInALeaf) {
    const std::size_t leaves = GetParam();
    std::vector<std::uint64_t> words(CellSet::words_needed(leaves));
    CellSet set(words, leaves);
    const std::size_t last = leaves * 64 - 1;
    set.exchange(last, CellSet::bit(last));
    set.exchange(last, CellSet::bit(last - 5));
    EXPECT_EQ(set.last_before(last, true), last - 5);
    EXPECT_EQ(set.last_before(last - 5, false), CellSet::none);
}

INSTANTIATE_TEST_SUITE_P(Leaves, CellSetTest, testing::Values(1, 2, 63, 64, 65, 128, 129, 5000));

}  // namespace
}  // namespace heap44::test
