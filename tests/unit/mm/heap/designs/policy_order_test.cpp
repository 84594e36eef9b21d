// SPDX-License-Identifier: MIT
// What the policies do to the list: its order, what splits leave in it, joining, and the rover.
#include <concepts>
#include <gtest/gtest.h>
#include <initializer_list>
#include <random>
#include <utility>
#include <vector>

#include "mm/heap/designs/linked_list.hpp"
#include "mm/heap/designs/policy_list.hpp"
#include "support/offsets.hpp"

namespace heap44::test {

namespace {

using mm::Coalesce;
using mm::Fit;
using mm::Order;
using mm::Policy;
using ListHeap = Offsets<mm::PolicyList>;

/// A full heap: blocks 0 to 4 of 48 bytes each, and one of 16 at the end.
class Ladder : public ListHeap {
public:
    explicit Ladder(Policy policy) : ListHeap(256, policy) {
        for (std::size_t index = 0; index < 5; ++index) EXPECT_EQ(allocate(48), 48 * index);
        EXPECT_EQ(allocate(16), 240U);
    }
    void free(std::initializer_list<std::size_t> indices) {
        for (const std::size_t index : indices) deallocate(48 * index, 48);
    }
};

TEST(PolicyOrder, ByAddress) {
    Ladder heap({.order = Order::address});
    heap.free({2, 0, 4});
    EXPECT_EQ(heap.holes(), (Holes{{0, 48}, {96, 48}, {192, 48}}));
}

TEST(PolicyOrder, LatelyFreedFirst) {
    Ladder heap({.order = Order::recent});
    heap.free({2, 0, 4});
    EXPECT_EQ(heap.holes(), (Holes{{192, 48}, {0, 48}, {96, 48}}));
}

TEST(PolicyOrder, BySizeAndAmongEqualsTheOlderFirst) {
    Ladder heap({.order = Order::size});
    heap.free({4, 0, 1, 3});
    // Block 1 joined block 0, block 3 joined block 4: two of 96, and the older joint comes first.
    EXPECT_EQ(heap.holes(), (Holes{{0, 96}, {144, 96}}));
    EXPECT_EQ(heap.allocate(32), 0U);
    EXPECT_EQ(heap.holes(), (Holes{{32, 64}, {144, 96}}));
}

TEST(PolicyOrder, TiesOfBestAndWorstGoToTheFirstInTheList) {
    for (const Fit fit : {Fit::best, Fit::worst}) {
        Ladder heap({.fit = fit, .order = Order::recent});
        heap.free({0, 2, 4});
        EXPECT_EQ(heap.allocate(48), 192U);
        EXPECT_EQ(heap.allocate(48), 96U);
    }
}

TEST(PolicySplit, WhatIsLeftTakesTheHolesPlace) {
    Ladder heap({.order = Order::recent});
    heap.free({0, 2, 4});
    EXPECT_EQ(heap.allocate(16), 192U);
    EXPECT_EQ(heap.holes(), (Holes{{208, 32}, {96, 48}, {0, 48}}));
}

TEST(PolicySplit, FrontComesBeforeBack) {
    ListHeap heap(400, Policy{.order = Order::recent});
    EXPECT_EQ(heap.allocate(16), 0U);
    EXPECT_EQ(heap.allocate(16, 256), 256U);
    EXPECT_EQ(heap.holes(), (Holes{{16, 240}, {272, 128}}));
}

TEST(PolicySplit, UnderSizeThePartsGoToTheirSortedPlaces) {
    ListHeap heap(400, Policy{.order = Order::size});
    EXPECT_EQ(heap.allocate(16), 0U);
    EXPECT_EQ(heap.allocate(16, 256), 256U);
    EXPECT_EQ(heap.holes(), (Holes{{272, 128}, {16, 240}}));
}

TEST(PolicySplit, RestOf8BytesPassesAHoleOver) {
    for (const Fit fit : {Fit::first, Fit::next, Fit::best}) {
        ListHeap heap(144, Policy{.fit = fit});
        EXPECT_EQ(heap.allocate(48), 0U);
        EXPECT_EQ(heap.allocate(16), 48U);
        EXPECT_EQ(heap.allocate(80), 64U);
        heap.deallocate(0, 48);
        heap.deallocate(64, 80);
        EXPECT_EQ(heap.allocate(40), 64U);
    }
}

TEST(PolicyCoalesce, JoinedHoleGoesWhereAFreedBlockWould) {
    Ladder heap({.order = Order::recent});
    heap.free({0, 4, 1});
    EXPECT_EQ(heap.holes(), (Holes{{0, 96}, {192, 48}}));
}

TEST(PolicyCoalesce, JoinedHoleGoesToItsSortedPlace) {
    Ladder sorted({.order = Order::size});
    sorted.free({0, 1, 4});
    EXPECT_EQ(sorted.holes(), (Holes{{192, 48}, {0, 96}}));
}

TEST(PolicyCoalesce, BlockBetweenTwoHolesJoinsBoth) {
    for (const Order order : {Order::address, Order::size, Order::recent}) {
        Ladder heap({.order = order});
        heap.free({2, 0, 1});
        EXPECT_EQ(heap.holes(), (Holes{{0, 144}}));
    }
}

TEST(PolicyCoalesce, OffLeavesNeighboursApart) {
    Ladder heap({.coalesce = Coalesce::off});
    heap.free({1, 0, 2});
    EXPECT_EQ(heap.holes(), (Holes{{0, 48}, {48, 48}, {96, 48}}));
    EXPECT_EQ(heap.allocate(96), std::nullopt) << "144 bytes are free in a row";
}

TEST(NextFit, GoesOnAtTheSuccessorOfAHoleUsedUpAndRound) {
    Ladder heap({.fit = Fit::next});
    heap.free({0, 2, 4});
    EXPECT_EQ(heap.allocate(48), 0U);
    EXPECT_EQ(heap.allocate(48), 96U);
    heap.free({0});
    EXPECT_EQ(heap.allocate(48), 192U);
    EXPECT_EQ(heap.allocate(48), 0U);
}

TEST(NextFit, GoesOnAtWhatIsLeft) {
    Ladder heap({.fit = Fit::next});
    heap.free({0, 2, 4});
    EXPECT_EQ(heap.allocate(48), 0U);
    EXPECT_EQ(heap.allocate(16), 96U);
    heap.free({0});
    EXPECT_EQ(heap.allocate(16), 112U);
    EXPECT_EQ(heap.allocate(32), 192U) << "the 16 that are left are too small";
    EXPECT_EQ(heap.allocate(32), 0U) << "and so are the 16 left there: the search goes round";
}

TEST(NextFit, SearchThatFailsDoesNotMoveIt) {
    Ladder heap({.fit = Fit::next});
    heap.free({0, 2, 4});
    EXPECT_EQ(heap.allocate(48), 0U);
    heap.free({0});
    EXPECT_EQ(heap.allocate(64), std::nullopt);
    EXPECT_EQ(heap.allocate(48), 96U);
}

TEST(NextFit, StaysWithItsMemoryWhenThatIsJoined) {
    Ladder heap({.fit = Fit::next});
    heap.free({0, 2, 4});
    EXPECT_EQ(heap.allocate(16), 0U);
    heap.free({1});
    EXPECT_EQ(heap.holes(), (Holes{{16, 128}, {192, 48}}));
    EXPECT_EQ(heap.allocate(48), 16U);
    heap.deallocate(0, 16);
    EXPECT_EQ(heap.allocate(16), 64U);
}

TEST(NextFit, StaysWithItsMemoryWhenThatIsJoinedFromTheFront) {
    Ladder heap({.fit = Fit::next});
    heap.free({0, 2, 4});
    EXPECT_EQ(heap.allocate(48), 0U);
    EXPECT_EQ(heap.allocate(16), 96U);
    heap.free({0});
    heap.deallocate(96, 16);
    EXPECT_EQ(heap.allocate(48), 96U);
}

TEST(PolicyReallocate, ShrinksAndGrowsInPlace) {
    ListHeap heap(256, Policy{.fit = Fit::best});
    EXPECT_EQ(heap.allocate(64), 0U);
    EXPECT_EQ(heap.reallocate(0, 64, 128), 0U);
    EXPECT_EQ(heap.reallocate(0, 128, 120), 0U) << "8 bytes join the hole behind";
    EXPECT_EQ(heap.holes(), (Holes{{120, 136}}));
}

TEST(PolicyReallocate, RestOf16BytesIsAHole) {
    Ladder heap({});
    EXPECT_EQ(heap.reallocate(0, 48, 32), 0U);
    EXPECT_EQ(heap.holes(), (Holes{{32, 16}}));
}

TEST(PolicyReallocate, RestOf8BytesForcesAMove) {
    Ladder heap({});
    heap.free({2});
    EXPECT_EQ(heap.reallocate(0, 48, 40), std::nullopt) << "the one hole would keep 8, too";
    heap.free({3});
    EXPECT_EQ(heap.reallocate(0, 48, 40), 96U);
}

template <class D>
concept ResizesInPlace = requires(D design, std::byte* block, mm::Layout layout) {
    { design.reallocate(block, layout, layout.size) } -> std::same_as<std::byte*>;
};

/// The addresses that a design gives in a random sequence of operations, and the holes at its end.
template <mm::Design D>
std::pair<std::vector<Offset>, Holes> random_run(unsigned seed) {
    std::mt19937 random(seed);
    Offsets<D> heap(16 * 1024);
    struct Live {
        std::size_t offset, size, align;
    };
    std::vector<Live> live;
    std::vector<Offset> places;
    for (int count = 0; count < 4000; ++count) {
        const auto choice = random() % 100;
        const std::size_t size = random() % 400;
        const std::size_t align = std::size_t{1} << random() % 9;
        if (live.empty() || choice < 45) {
            places.push_back(heap.allocate(size, align));
            if (places.back()) live.push_back({*places.back(), size, align});
            continue;
        }
        std::swap(live[random() % live.size()], live.back());
        Live& block = live.back();
        if (ResizesInPlace<mm::LinkedList> && choice < 65) {
            places.push_back(heap.reallocate(block.offset, block.size, size, block.align));
            if (places.back()) block = {*places.back(), size, block.align};
        } else {
            heap.deallocate(block.offset, block.size, block.align);
            live.pop_back();
        }
    }
    return {places, heap.holes()};
}

TEST(PolicyList, DefaultPolicyPlacesAsThePlainListDoes) {
    const unsigned seed = std::random_device()();
    EXPECT_EQ(random_run<mm::PolicyList>(seed), random_run<mm::LinkedList>(seed)) << seed;
}

}  // namespace

}  // namespace heap44::test
