// SPDX-License-Identifier: MIT
// From the firmware's map to usable memory, and the place for the first data of the kernel.
#include "kernel/boot/usable_memory.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace heap44::kernel {
namespace {

using mm::PhysicalRange;
using List = std::vector<PhysicalRange>;

constexpr std::uint64_t mib = 1024 * 1024;
constexpr std::uint64_t gib = 1024 * mib;

List list(const mm::PhysicalRanges& ranges) {
    return {ranges.ranges().begin(), ranges.ranges().end()};
}

TEST(UsableMemory, OnlyWhatIsOfferedAndNotClaimedIsUsable) {
    const std::vector<MemoryRange> map{{{3 * mib}, 0x1000, 2},  // before what it contradicts
                                       {{mib}, 7 * mib, 1},
                                       {{16 * mib}, mib, 3},
                                       {{7 * mib}, 2 * mib, 4}};
    EXPECT_EQ(list(usable_memory(map)),
              (List{{{mib}, 2 * mib}, {{3 * mib + 0x1000}, 4 * mib - 0x1000}}));
}

TEST(UsableMemory, AMapThatPromisesTheSkyIsCut) {
    const std::vector<MemoryRange> map{{{gib}, ~std::uint64_t{0}, 1}};
    EXPECT_EQ(list(usable_memory(map)), (List{{{gib}, 1023 * gib}}));
}

TEST(UsableMemory, AStretchIsHeldOnlyWhereAllOfItIs) {
    const std::vector<MemoryRange> map{{{mib}, mib, 1}, {{2 * mib}, mib, 1}, {{4 * mib}, mib, 1}};
    const mm::PhysicalRanges memory = usable_memory(map);
    EXPECT_TRUE(holds(memory, {{mib}, 2 * mib}));
    EXPECT_TRUE(holds(memory, {{4 * mib}, mib}));
    EXPECT_FALSE(holds(memory, {{mib - 4096}, mib}));
    EXPECT_FALSE(holds(memory, {{mib}, 2 * mib + 4096}));
    EXPECT_FALSE(holds(memory, {{2 * mib}, 3 * mib}));
    EXPECT_FALSE(holds({}, {{mib}, 4096}));
}

TEST(UsableMemory, AnEmptyMapHasNone) {
    EXPECT_TRUE(usable_memory({}).ranges().empty());
    EXPECT_EQ(find_room({}, {}, 8).size, 0U);
}

class RoomTest : public testing::Test {
protected:
    RoomTest() {
        memory.add({{0}, 8 * mib});
        memory.add({{16 * mib}, mib});
        memory.add({{5 * gib}, gib});
    }
    mm::PhysicalRanges memory;
};

TEST_F(RoomTest, TheFirstPlaceAboveOneMebibyteIsTaken) {
    EXPECT_EQ(find_room(memory, {}, 0x1000), (PhysicalRange{{mib}, 0x1000}));
}

TEST_F(RoomTest, WhatIsTakenIsNotGivenAgain) {
    const List taken{{{mib}, 6 * mib + 8}};
    EXPECT_EQ(find_room(memory, taken, 0x1000), (PhysicalRange{{7 * mib + 0x1000}, 0x1000}));
    EXPECT_EQ(find_room(memory, taken, mib), (PhysicalRange{{16 * mib}, mib}));
}

TEST_F(RoomTest, WithoutEnoughTheLargestPlaceWithinReachIsGiven) {
    EXPECT_EQ(find_room(memory, {}, gib), (PhysicalRange{{mib}, 7 * mib}));
}

TEST(ReservedMemory, HoldsAllThatALoaderMayNameAndTwoMore) {
    const std::vector<ReservedRange> named(16, ReservedRange{{mib}, 0x1000});
    ReservedMemory reserved(named);
    reserved.add({{2 * mib}, 1});
    reserved.add({{3 * mib}, 1});
    EXPECT_EQ(reserved.all().size(), 18U);
    EXPECT_EQ(reserved.all().back(), (PhysicalRange{{3 * mib}, 1}));
}

}  // namespace
}  // namespace heap44::kernel
