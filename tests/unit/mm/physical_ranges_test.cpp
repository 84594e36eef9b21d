// SPDX-License-Identifier: MIT
// Sets of physical pages: rounding, merging, splitting, and what happens when the room is used up.
#include "mm/physical_ranges.hpp"

#include <gtest/gtest.h>
#include <random>
#include <set>
#include <vector>

namespace heap44::mm {
namespace {

using List = std::vector<PhysicalRange>;

List list(const PhysicalRanges& set) {
    return {set.ranges().begin(), set.ranges().end()};
}

TEST(PhysicalRanges, AddedMemoryIsRoundedInwards) {
    PhysicalRanges set;
    set.add({{0x1001}, 0x2fff});
    set.add({{0x9001}, 0x1000});
    EXPECT_EQ(list(set), (List{{{0x2000}, 0x2000}}));
}

TEST(PhysicalRanges, RemovedMemoryIsRoundedOutwards) {
    PhysicalRanges set;
    set.add({{0}, 0x8000});
    set.remove({{0x2fff}, 2});
    EXPECT_EQ(list(set), (List{{{0}, 0x2000}, {{0x4000}, 0x4000}}));
}

TEST(PhysicalRanges, NeighboursAndOverlapsBecomeOne) {
    PhysicalRanges set;
    set.add({{0x6000}, 0x1000});
    set.add({{0x1000}, 0x1000});
    set.add({{0x3000}, 0x1000});
    EXPECT_EQ(set.ranges().size(), 3U);
    set.add({{0x2000}, 0x1000});
    EXPECT_EQ(list(set), (List{{{0x1000}, 0x3000}, {{0x6000}, 0x1000}}));
    set.add({{0x0}, 0x10000});
    EXPECT_EQ(list(set), (List{{{0}, 0x10000}}));
}

TEST(PhysicalRanges, OneRemovalMayTakeManyRanges) {
    PhysicalRanges set;
    for (std::uint64_t i = 0; i < 6; ++i) set.add({{i * 0x2000}, 0x1000});
    set.remove({{0x2000}, 0x6001});
    EXPECT_EQ(list(set), (List{{{0}, 0x1000}, {{0xa000}, 0x1000}}));
}

TEST(PhysicalRanges, NothingWrapsAtTheEndOfTheAddressSpace) {
    PhysicalRanges set;
    set.add({{~std::uint64_t{0} - 0xfff}, 0x1000});
    EXPECT_TRUE(set.ranges().empty());
    set.add({{physical_limit - 0x2000}, ~std::uint64_t{0}});
    EXPECT_EQ(list(set), (List{{{physical_limit - 0x2000}, 0x2000}}));
    set.remove({{physical_limit - 1}, ~std::uint64_t{0}});
    EXPECT_EQ(list(set), (List{{{physical_limit - 0x2000}, 0x1000}}));
}

TEST(PhysicalRanges, WithoutRoomPagesAreForgottenNeverInvented) {
    PhysicalRanges set;
    for (std::uint64_t i = 0; i < PhysicalRanges::capacity + 50; ++i) {
        set.add({{i * 0x4000}, 0x3000});
    }
    EXPECT_EQ(set.ranges().size(), PhysicalRanges::capacity);
    set.remove({{0x1000}, 0x1000});
    EXPECT_EQ(set.ranges().size(), PhysicalRanges::capacity);
    EXPECT_EQ(set.ranges().front(), (PhysicalRange{{0}, 0x1000}));
    EXPECT_EQ(set.ranges()[1], (PhysicalRange{{0x4000}, 0x3000}));
}

class RandomRanges : public testing::TestWithParam<unsigned> {};

TEST_P(RandomRanges, BehaveAsASetOfPages) {
    std::mt19937_64 random(GetParam());
    PhysicalRanges set;
    std::set<std::uint64_t> model;
    for (int step = 0; step < 300; ++step) {
        const PhysicalRange range{{random() % 0x80000}, random() % 0x8000};
        const std::uint64_t end = range.start.value + range.size;
        if (random() % 2 == 0) {
            set.add(range);
            for (std::uint64_t page = 0; page < 0x90; ++page) {
                if (page << 12 >= range.start.value && (page + 1) << 12 <= end) model.insert(page);
            }
        } else {
            set.remove(range);
            std::erase_if(model, [&](std::uint64_t page) {
                return range.size > 0 && page << 12 < end && (page + 1) << 12 > range.start.value;
            });
        }
        std::set<std::uint64_t> found;
        std::uint64_t last_end = 0;
        for (const PhysicalRange& part : set.ranges()) {
            ASSERT_GT(part.size, 0U);
            ASSERT_TRUE(last_end == 0 || part.start.value > last_end) << "sorted, not touching";
            last_end = part.start.value + part.size;
            for (std::uint64_t at = part.start.value; at < last_end; at += page_size) {
                found.insert(at >> 12);
            }
        }
        ASSERT_EQ(found, model);
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomRanges, testing::Range(0U, 10U));

}  // namespace
}  // namespace heap44::mm
