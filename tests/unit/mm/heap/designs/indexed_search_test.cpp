// SPDX-License-Identifier: MIT
// The indexed design finds the hole that a walk would find, on heaps made to mislead its index.
#include <gtest/gtest.h>
#include <utility>
#include <vector>

#include "lockstep/lockstep.hpp"
#include "many_holes.hpp"

namespace heap44::test {
namespace {

TEST(Indexed, FindsTheHoleBehindManyThatAreEightBytesTooLarge) {
    for (const std::size_t size : {24U, 64U, 480U, 488U, 496U, 504U, 512U, 4096U}) {
        Lockstep heaps({.heap_size = 8 * mib}, 0);
        make_holes(heaps, 1000, size);
        const std::byte* block = heaps.allocate({size - 8});
        EXPECT_EQ(heaps.difference(), "") << size;
        EXPECT_EQ(address_of(block) - heap_start, 1000 * (size + 16)) << size;
    }
}

TEST(Indexed, FindsALargeHoleBesideOneThatIsEightBytesLarger) {
    for (const auto& [first, second] : {std::pair{600U, 592U}, std::pair{592U, 600U}}) {
        Lockstep heaps({.heap_size = 1 * mib}, 0);
        make_holes(heaps, 40, 40);
        std::byte* one = heaps.allocate({first});
        heaps.allocate({48});
        std::byte* other = heaps.allocate({second});
        heaps.allocate({48});
        heaps.deallocate(heaps.index_of(one));
        heaps.deallocate(heaps.index_of(other));
        EXPECT_EQ(heaps.allocate({592}), first == 592 ? one : other);
        EXPECT_EQ(heaps.difference(), "");
    }
}

// Tags tell sizes up to 488 bytes surely; what is larger is looked up in the heap.
TEST(Indexed, TakesAnExactFitOfAnySizeAroundTheBorderOfItsTags) {
    for (std::size_t size = 464; size <= 528; size += 8) {
        Lockstep heaps({.heap_size = 1 * mib}, 0);
        // A block of 16 bytes does not fit into 24: 8 would be left.
        make_holes(heaps, 40, 24);
        make_holes(heaps, 3, size);
        const std::size_t first = std::size_t{40} * 40;
        const auto place = [&](std::size_t wanted) {
            return address_of(heaps.allocate({wanted})) - heap_start - first;
        };
        EXPECT_EQ(place(size), 0U) << size;
        EXPECT_EQ(place(size - 16), size + 16) << size;
        EXPECT_EQ(place(size - 8), 3 * (size + 16)) << size;
        EXPECT_EQ(place(size), 2 * (size + 16)) << size;
        EXPECT_EQ(heaps.difference(), "") << size;
    }
}

struct NextExactFit : testing::TestWithParam<std::size_t> {};

TEST_P(NextExactFit, IsTakenWhereTheFirstIsNotAligned) {
    for (const std::size_t size : {464U, 480U, 488U, 496U, 504U, 512U}) {
        Lockstep heaps({.heap_size = 1 * mib}, 0);
        make_holes(heaps, 52, 24);
        // The first one lies 24 bytes behind a multiple of 64.
        heaps.allocate({56});
        std::byte* first = heaps.allocate({size});
        ASSERT_EQ(address_of(first) - heap_start, 2048U + 64 + 24);
        std::byte* between = heaps.allocate({40 + (64 - size % 64) + GetParam()});
        std::byte* second = heaps.allocate({size});
        ASSERT_EQ(address_of(second).value % 64, 0U) << size;
        heaps.allocate({16});
        heaps.deallocate(heaps.index_of(first));
        heaps.deallocate(heaps.index_of(second));
        EXPECT_EQ(heaps.allocate({size, 64}), second) << size;
        EXPECT_NE(between, nullptr);
        EXPECT_EQ(heaps.difference(), "") << size;
    }
}

// In the same 2 KiB, and in others.
INSTANTIATE_TEST_SUITE_P(Indexed, NextExactFit, testing::Values(0, 4096, 40'960));

TEST(Indexed, FindsALargeHoleBesideTwoThatAreEightBytesLarger) {
    Lockstep heaps({.heap_size = 1 * mib}, 0);
    make_holes(heaps, 40, 24);
    heaps.allocate({2048 - 40 * 40});
    std::vector<std::byte*> blocks;
    for (const std::size_t size : {592U, 600U, 600U}) {
        blocks.push_back(heaps.allocate({size}));
        heaps.allocate({16});
    }
    ASSERT_EQ(address_of(blocks[0]) - heap_start, 2048U);
    for (const std::byte* block : blocks) heaps.deallocate(heaps.index_of(block));
    EXPECT_EQ(heaps.allocate({592}), blocks[0]);
    EXPECT_EQ(heaps.difference(), "");
}

TEST(Indexed, TakesAnExactFitAmongManyThatAreTooSmall) {
    Lockstep heaps({.heap_size = 8 * mib}, 0);
    make_holes(heaps, 500, 48);
    make_holes(heaps, 1, 96);
    EXPECT_EQ(address_of(heaps.allocate({96})) - heap_start, 500 * (48 + 16));
    EXPECT_EQ(heaps.difference(), "");
}

TEST(Indexed, LooksOnlyAtHolesLargeEnoughForAnAlignment) {
    Lockstep heaps({.heap_size = 8 * mib}, 0);
    make_holes(heaps, 300, 40);
    make_holes(heaps, 300, 600);
    for (const std::size_t align : {16U, 64U, 256U, 512U, 4096U, 65536U}) {
        EXPECT_NE(heaps.allocate({32, align}), nullptr) << align;
    }
    EXPECT_EQ(heaps.allocate({32, std::size_t{1} << 63}), nullptr);
    EXPECT_EQ(heaps.difference(), "");
}

// Only the last hole has ever been so far up in the heap, and it is not in the tree of sizes.
TEST(Indexed, FindsAHoleFarBehindAllOthers) {
    Lockstep heaps({.heap_size = 1 * mib}, 0);
    make_holes(heaps, 40, 64);
    heaps.allocate({500 * kib});
    std::byte* block = heaps.allocate({128});
    heaps.allocate({128});
    heaps.deallocate(heaps.index_of(block));
    EXPECT_EQ(heaps.allocate({128}), block);
    EXPECT_EQ(heaps.difference(), "");
}

// Where a tree of sizes has to become higher: 16 or 64 leaves of 2 KiB are one line.
TEST(Indexed, FindsAHoleInTheFirstLeafThatItsTreesDidNotReach) {
    for (const std::size_t border : {32 * kib, 128 * kib}) {
        for (const std::size_t size : {128U, 600U}) {
            for (const std::size_t wanted : {std::size_t{64}, std::size_t{size}}) {
                Lockstep heaps({.heap_size = 1 * mib}, 0);
                make_holes(heaps, 40, 24);
                heaps.allocate({border - std::size_t{40} * 40});
                std::byte* block = heaps.allocate({size});
                ASSERT_EQ(address_of(block) - heap_start, border);
                heaps.allocate({64});
                heaps.deallocate(heaps.index_of(block));
                EXPECT_EQ(heaps.allocate({wanted}), block) << border << ", " << size;
                EXPECT_EQ(heaps.difference(), "");
            }
        }
    }
}

// A tree of three levels: what is hidden by a larger hole at first must be found afterwards.
TEST(Indexed, FindsAFarHoleOnceALargerOneInFrontIsTaken) {
    Lockstep heaps({.heap_size = 16 * mib}, 0);
    make_holes(heaps, 40, 24);
    heaps.allocate({2048 - 40 * 40});
    std::byte* large = heaps.allocate({4000});
    heaps.allocate({512 * kib - 2048 - 4000});
    std::byte* far = heaps.allocate({2000});
    heaps.allocate({64});
    heaps.deallocate(heaps.index_of(large));
    heaps.deallocate(heaps.index_of(far));
    EXPECT_EQ(heaps.allocate({4000}), large);
    EXPECT_EQ(heaps.allocate({2000}), far);
    EXPECT_EQ(heaps.difference(), "");
}

}  // namespace
}  // namespace heap44::test
