// SPDX-License-Identifier: MIT
// The list of `random`, against a model that keeps it in a vector; and the set that counts.
#include "shell/lab/random_list.hpp"

#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <set>
#include <vector>

namespace heap44::test {
namespace {

using shell::CountedSet;
using shell::RandomList;
using shell::SplitMix;

TEST(CountedSetTest, KnowsTheOrderOfItsMembers) {
    constexpr std::size_t capacity = 5000;
    CountedSet<capacity> set;
    std::set<std::size_t> model;
    SplitMix random(5);
    for (int round = 0; round < 3000; ++round) {
        const std::size_t number = random.below(capacity);
        if (model.insert(number).second) {
            set.insert(number);
        } else {
            model.erase(number);
            set.erase(number);
        }
        ASSERT_EQ(set.size(), model.size());
        if (round % 50 != 0) continue;
        std::size_t rank = 0;
        for (const std::size_t member : model) {
            ASSERT_EQ(set.at(rank), member);
            ASSERT_EQ(set.count_below(member), rank++);
            ASSERT_TRUE(set.contains(member));
        }
        const std::size_t any = random.below(capacity);
        ASSERT_EQ(set.contains(any), model.contains(any));
        ASSERT_EQ(set.count_below(any),
                  static_cast<std::size_t>(std::distance(model.begin(), model.lower_bound(any))));
    }
    set.clear();
    EXPECT_EQ(set.size(), 0U);
    EXPECT_EQ(set.count_below(capacity - 1), 0U);
}

TEST(CountedSetTest, TheEdgesOfWordsAndChunksAreMembersToo) {
    CountedSet<1025> set;
    const std::vector<std::size_t> edges{0, 63, 64, 511, 512, 1023, 1024};
    for (const std::size_t each : edges) set.insert(each);
    for (std::size_t rank = 0; rank < edges.size(); ++rank) EXPECT_EQ(set.at(rank), edges[rank]);
    for (const std::size_t each : edges) set.erase(each);
    set.insert(1024);
    EXPECT_EQ(set.at(0), 1024U);
}

TEST(RandomListTest, FreesTheKthOldestThatItHasNotFreedYet) {
    const auto list = std::make_unique<RandomList>();
    for (const std::uint64_t seed : {7U, 44U}) {
        list->begin(seed);
        SplitMix random(seed);
        std::vector<std::size_t> live;
        std::size_t allocations = 0;
        for (int count = 0; count < 20'000; ++count) {
            const RandomList::Operation next = list->next();
            if (random.below(100) < 40 && !live.empty()) {
                const auto oldest = static_cast<std::ptrdiff_t>(random.below(live.size()));
                ASSERT_TRUE(next.frees);
                ASSERT_EQ(next.place, live[static_cast<std::size_t>(oldest)]);
                live.erase(live.begin() + oldest);
                continue;
            }
            live.push_back(allocations);
            ASSERT_FALSE(next.frees);
            ASSERT_EQ(next.place, allocations++);
            ASSERT_EQ(next.size, 1 + random.below(256));
        }
    }
}

TEST(RandomListTest, WhatIsGivenChangesNothingOfTheList) {
    const auto list = std::make_unique<RandomList>();
    std::vector<std::size_t> places;
    for (const bool gives : {true, false}) {
        list->begin(3);
        std::size_t given = 0;
        for (std::size_t index = 0; index < 500; ++index) {
            const RandomList::Operation next = list->next();
            if (gives) {
                places.push_back(next.place);
            } else {
                ASSERT_EQ(next.place, places[index]);
            }
            if (next.frees || (!gives && next.place % 3 != 0)) continue;
            list->note_given(next.place);
            EXPECT_EQ(list->given_before(next.place), given++);
        }
        EXPECT_EQ(list->given_before(1).has_value(), gives);
        EXPECT_EQ(list->given_before(3), gives ? 3U : 1U);
    }
}

// As many allocations as there can be: each has its place.
TEST(RandomListTest, TheLongestListFits) {
    const auto list = std::make_unique<RandomList>();
    list->begin(1);
    std::size_t frees = 0;
    for (std::size_t count = 0; count < RandomList::longest; ++count) {
        if (list->next().frees) ++frees;
    }
    EXPECT_NEAR(static_cast<double>(frees), 0.4 * RandomList::longest, 3000);
}

}  // namespace
}  // namespace heap44::test
