// SPDX-License-Identifier: MIT
#include "mm/heap/ledger/address_set.hpp"

#include <gtest/gtest.h>
#include <random>
#include <set>
#include <vector>

namespace heap44::test {
namespace {

class AddressSetTest : public testing::TestWithParam<std::size_t> {};

TEST_P(AddressSetTest, AnswersAsAStandardSetDoes) {
    const std::size_t limit = GetParam();
    std::vector<std::uint64_t> words(mm::AddressSet::words_needed(limit), ~std::uint64_t{0});
    mm::AddressSet set(words, limit);
    std::set<std::size_t> model;
    std::mt19937_64 random(limit);
    for (int step = 0; step < 20'000; ++step) {
        const std::size_t number = random() % limit;
        if (random() % 2 == 0) {
            set.insert(number);
            model.insert(number);
        } else {
            set.erase(number);
            model.erase(number);
        }
        const std::size_t asked = random() % limit;
        ASSERT_EQ(set.contains(asked), model.contains(asked));
        const auto above = model.lower_bound(asked);
        ASSERT_EQ(set.first_from(asked),
                  above == model.end() ? std::nullopt : std::optional(*above));
        const auto below = model.upper_bound(asked);
        ASSERT_EQ(set.last_up_to(asked),
                  below == model.begin() ? std::nullopt : std::optional(*std::prev(below)));
    }
}

INSTANTIATE_TEST_SUITE_P(Limits, AddressSetTest,
                         testing::Values(1, 2, 63, 64, 65, 4096, 4097, 12'800, 300'000));

}  // namespace
}  // namespace heap44::test
