// SPDX-License-Identifier: MIT
// The index of holes against a list of them, and a list that is resized before it has an index.
#include "mm/heap/designs/parts/hole_index.hpp"

#include <array>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <vector>

#include "region.hpp"

namespace heap44::test {
namespace {

/// Holes in 300 leaves of 2 KiB: the tree of the larger ones has three levels then.
class IndexAndList {
public:
    explicit IndexAndList(unsigned seed) : random_(seed) {}

    /// A hole comes, goes, or has another size.
    void change() {
        constexpr std::array leaves{0U, 1U, 15U, 16U, 63U, 64U, 65U, 255U, 256U, 299U};
        const std::size_t cell = leaves[random_() % leaves.size()] * 64 + random_() % 4;
        const auto known = holes_.lower_bound(cell * 32);
        if (known != holes_.end() && known->first < (cell + 1) * 32) {
            if (random_() % 3 == 0) {
                index_.remove(at(known->first));
                holes_.erase(known);
            } else {
                put(known->first, some_size());
            }
        } else {
            put(cell * 32 + random_() % 4 * 8, some_size());
        }
    }

    void expect_the_same() {
        const std::size_t size = some_size();
        const mm::HoleIndex::Entry first = index_.first_fit(size);
        ASSERT_EQ(first.size, first.hole != nullptr ? holes_.at(offset_of(first.hole)) : 0);
        const std::byte* found = first.hole;
        for (const auto& [offset, hole] : holes_) {
            if (hole != size && hole < size + 16) continue;
            ASSERT_EQ(found, at(offset)) << size;
            found = index_.next_fit(found, size);
        }
        ASSERT_EQ(found, nullptr) << size;
        // In a leaf that has holes, as often as not.
        const std::size_t any = random_() % (region_size / 8) * 8;
        const std::size_t place = random_() % 2 == 0 ? any : any / 2048 * 2048 + any % 128;
        const auto behind = holes_.lower_bound(place);
        const mm::HoleIndex::Entry before = index_.last_before(at(place));
        ASSERT_EQ(before.hole, behind == holes_.begin() ? nullptr : at(std::prev(behind)->first));
        ASSERT_EQ(before.size, behind == holes_.begin() ? 0 : std::prev(behind)->second);
        const auto there = holes_.find(place);
        ASSERT_EQ(index_.size_at(at(place)), there == holes_.end() ? 0 : there->second) << place;
    }

private:
    static constexpr std::size_t region_size = std::size_t{299} * 2048;

    std::byte* at(std::size_t offset) { return region_.get() + offset; }
    std::size_t offset_of(const std::byte* address) {
        return static_cast<std::size_t>(address - region_.get());
    }
    /// Small, about as large as a tag can tell, larger: each near to others.
    std::size_t some_size() {
        constexpr std::array smallest{16U, 488U, 504U, 5000U};
        return (smallest[random_() % smallest.size()] / 8 + random_() % 5) * 8;
    }
    void put(std::size_t offset, std::size_t size) {
        *reinterpret_cast<std::size_t*>(at(offset)) = size;
        const auto known = holes_.find(offset);
        // What has come, or grown by two units or more, the trees are told of in a shorter way.
        if (known == holes_.end() || size >= known->second + 16) {
            index_.grow(at(offset), at(offset), size);
        } else {
            index_.put(at(offset), size);
        }
        holes_[offset] = size;
    }

    std::mt19937 random_;
    AlignedBytes region_ = aligned_bytes(region_size + 2048);
    AlignedBytes memory_ = aligned_bytes(mm::HoleIndex::bytes_needed(region_size));
    mm::HoleIndex index_{{region_.get(), region_size},
                         {memory_.get(), mm::HoleIndex::bytes_needed(region_size)}};
    std::map<std::size_t, std::size_t> holes_;
};

TEST(HoleIndex, FindsWhatAListOfTheHolesFinds) {
    for (unsigned seed = 0; seed < 100; ++seed) {
        IndexAndList both(seed);
        for (int round = 0; round < 100; ++round) {
            both.change();
            both.expect_the_same();
            ASSERT_FALSE(testing::Test::HasFatalFailure()) << "seed " << seed << ", " << round;
        }
    }
}

TEST(HoleIndex, IsMadeForAResizeAsWell) {
    TestHeap heap(std::size_t{64} * 1024);
    heap->select("indexed");
    for (int count = 0; count < 60; ++count) {
        heap->allocate({400}, 0);
        heap->allocate({48}, 0);
    }
    const auto block = [&](std::uint64_t number) -> const mm::Block& {
        return *heap->ledger().with_number(number);
    };
    // With the one behind all blocks it is the 49th hole that makes them too many to walk.
    for (std::uint64_t number = 2; number <= 96; number += 2) heap->free(block(number), 0);
    ASSERT_EQ(heap->stats().holes, 49U);
    const VirtAddr start = block(21).address;
    const std::size_t free = heap->stats().free;
    EXPECT_EQ(heap->reallocate(block(21), 424, 0)->address, start);
    EXPECT_EQ(heap->stats().holes, 49U);
    EXPECT_EQ(heap->stats().free, free - 24) << "it grew into the hole behind it";
}

/// A full heap but for 60 holes, of which the last one has 4144 bytes. Behind it lie a block of 16,
/// #122, one of 1000, #123, and one up to the end, #124.
class LastHoleTest : public testing::Test {
protected:
    LastHoleTest() {
        heap_->select("indexed");
        for (int count = 0; count < 60; ++count) {
            heap_->allocate({400}, 0);
            heap_->allocate({48}, 0);
        }
        for (const std::size_t size : {4096U, 16U, 1000U, 33'544U}) heap_->allocate({size}, 0);
        for (std::uint64_t number = 2; number <= 120; number += 2) free(number);
        free(121);
    }
    const mm::Block& block(std::uint64_t number) { return *heap_->ledger().with_number(number); }
    void free(std::uint64_t number) { heap_->free(block(number), 0); }

    TestHeap heap_{std::size_t{64} * 1024};
    VirtAddr last_ = heap_->start() + 26'832;
};

TEST_F(LastHoleTest, IsFoundBySizeOnceAnotherIsTheLast) {
    ASSERT_EQ(heap_->stats().largest, 4144U);
    free(123);
    EXPECT_EQ(heap_->allocate({4144}, 0)->address, last_);
}

TEST_F(LastHoleTest, IsFoundBySizeOnceABlockThatShrankLeftTheLast) {
    EXPECT_NE(heap_->reallocate(block(124), 33'000, 0), nullptr);
    EXPECT_EQ(heap_->allocate({4144}, 0)->address, last_);
}

TEST_F(LastHoleTest, IsNotFoundBySizeOnceTheOneBehindItIsTaken) {
    free(123);
    EXPECT_EQ(heap_->allocate({4144}, 0)->address, last_);
    free(117);
    EXPECT_EQ(heap_->allocate({1000}, 0)->address, last_ + 4160);
    EXPECT_EQ(heap_->allocate({496}, 0)->address, last_ - 896) << "#116 to #118";
    EXPECT_EQ(heap_->allocate({496}, 0), nullptr) << "it is no hole any more";
}

}  // namespace
}  // namespace heap44::test
