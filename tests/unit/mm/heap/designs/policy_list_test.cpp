// SPDX-License-Identifier: MIT
// The linked list's policies, each on its textbook example.
#include "mm/heap/designs/policy_list.hpp"

#include <array>
#include <gtest/gtest.h>
#include <vector>

#include "support/offsets.hpp"

namespace heap44::test {

namespace {

using enum mm::Fit;
using mm::Coalesce;
using mm::Order;
using mm::Policy;
using ListHeap = Offsets<mm::PolicyList>;

static_assert(mm::choice_named<mm::Fit>("worst") == worst);
static_assert(mm::choice_named<mm::Order>("recent") == Order::recent);
static_assert(!mm::choice_named<mm::Coalesce>("maybe"));
static_assert(mm::name(Coalesce::off) == "off");

TEST(Policy, OptionsAreSetByName) {
    Policy policy;
    EXPECT_TRUE(set_option(policy, "fit", "best"));
    EXPECT_TRUE(set_option(policy, "coalesce", "off"));
    EXPECT_TRUE(set_option(policy, "fit", "first"));
    EXPECT_EQ(policy.fit, first);
    EXPECT_TRUE(set_option(policy, "fit", "best"));
    EXPECT_FALSE(set_option(policy, "order", "best"));
    EXPECT_FALSE(set_option(policy, "colour", "best"));
    EXPECT_EQ(policy, (Policy{.fit = best, .coalesce = Coalesce::off}));
    EXPECT_NE(policy, (Policy{.fit = worst, .coalesce = Coalesce::off}));
    EXPECT_NE(policy, (Policy{.fit = best, .order = Order::size, .coalesce = Coalesce::off}));
    EXPECT_NE(policy, (Policy{.fit = best, .coalesce = Coalesce::on}));
}

/// Free partitions of 100, 500, 200, 300 and 600 units in this order, a unit being 16 bytes, with a
/// live block of one unit between each two: the exercise that every textbook has.
class Partitions : public testing::Test {
protected:
    static constexpr std::size_t unit = 16;
    static constexpr std::array<std::size_t, 5> partitions{100, 500, 200, 300, 600};
    static constexpr std::size_t total = 1700 + 4;

    /// Where each of the requests 212, 417, 112 and 426 goes, counted in units.
    static std::vector<Offset> places(Policy policy) {
        ListHeap heap(total * unit, policy);
        std::vector<std::size_t> starts;
        for (const std::size_t size : partitions) {
            starts.push_back(*heap.allocate(size * unit));
            (void)heap.allocate(unit);
        }
        for (std::size_t index = partitions.size(); index-- > 0;) {
            heap.deallocate(starts[index], partitions[index] * unit);
        }
        std::vector<Offset> result;
        for (const std::size_t size : {212U, 417U, 112U, 426U}) {
            const Offset place = heap.allocate(size * unit);
            result.push_back(place ? Offset(*place / unit) : std::nullopt);
        }
        return result;
    }
    // Where the partitions start: each stands behind those before it and their separators.
    static constexpr std::size_t p500 = 101, p200 = 602, p300 = 803, p600 = 1104;
};

TEST_F(Partitions, FirstFit) {
    EXPECT_EQ(places({.fit = first}), (std::vector<Offset>{p500, p600, p500 + 212, std::nullopt}));
}

TEST_F(Partitions, BestFit) {
    EXPECT_EQ(places({.fit = best}), (std::vector<Offset>{p300, p500, p200, p600}));
}

TEST_F(Partitions, WorstFit) {
    EXPECT_EQ(places({.fit = worst}), (std::vector<Offset>{p600, p500, p600 + 212, std::nullopt}));
}

// The third request starts where the second left off, not at the front as first fit does.
TEST_F(Partitions, NextFit) {
    EXPECT_EQ(places({.fit = next}), (std::vector<Offset>{p500, p600, p600 + 417, std::nullopt}));
}

// Where nothing behind the last place fits, it goes round: to the first that does, not to the last.
TEST(NextFit, GoesRoundToTheFirstHoleThatFits) {
    ListHeap heap(64 + 16 + 64 + 16 + 96 + 16, Policy{.fit = next});
    for (const std::size_t size : {64U, 16U, 64U, 16U, 96U, 16U}) (void)heap.allocate(size);
    heap.deallocate(0, 64);
    heap.deallocate(80, 64);
    heap.deallocate(160, 96);
    EXPECT_EQ(heap.allocate(80), 160U) << "16 bytes are left behind it, where the search goes on";
    EXPECT_EQ(heap.allocate(64), 0U);
    EXPECT_EQ(heap.allocate(64), 80U);
    EXPECT_EQ(heap.holes(), (Holes{{240, 16}}));
}

// With the list in ascending order the first hole that fits is the best, and the other way round.
TEST_F(Partitions, FirstFitOfAListBySizeIsBestFit) {
    EXPECT_EQ(places({.fit = first, .order = Order::size}), places({.fit = best}));
}

}  // namespace

}  // namespace heap44::test
