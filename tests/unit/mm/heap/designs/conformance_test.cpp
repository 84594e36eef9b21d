// SPDX-License-Identifier: MIT
// What every design owes its users, on every design of the table and under every policy.
#include "support/conformance.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <limits>
#include <random>
#include <vector>

namespace heap44::test {

namespace {

using Sizes = std::initializer_list<std::size_t>;
constexpr std::size_t most = std::numeric_limits<std::size_t>::max();

TEST_P(Conformance, FreshHeapIsFree) {
    EXPECT_EQ(heap_.free_bytes(), size);
}

// On a fresh heap each time: without coalescing large blocks would soon find no hole.
TEST_P(Conformance, BlocksOfEverySizeAndAlignment) {
    for (std::size_t align = 1; align <= 4096; align *= 2) {
        for (const std::size_t bytes :
             Sizes{0, 1, 7, 8, 9, 15, 16, 17, 63, 64, 65, 1000, 4096, 5000, 60'000}) {
            const auto subject = GetParam().make(region_.bytes());
            CheckedHeap heap(*subject, GetParam().promises);
            ASSERT_EQ(heap.allocate({bytes, align}), 0U) << bytes << " aligned to " << align;
            heap.deallocate(0);
        }
    }
}

TEST_P(Conformance, BlocksOfMixedAlignmentLiveTogether) {
    for (std::size_t align = 1; align <= 4096; align *= 2) {
        ASSERT_LT(heap_.allocate({24, align}), heap_.live_count()) << align;
        ASSERT_LT(heap_.allocate({100, 4096 / align}), heap_.live_count()) << align;
    }
    heap_.deallocate_all();
}

TEST_P(Conformance, SizeZeroTakesABlockOfItsOwn) {
    ASSERT_EQ(heap_.allocate({0, 1}), 0U);
    ASSERT_EQ(heap_.allocate({0, 1}), 1U);
    EXPECT_NE(heap_.address_of(0), heap_.address_of(1));
    heap_.deallocate_all();
}

TEST_P(Conformance, WhatIsLargerThanTheHeapIsRefused) {
    ASSERT_EQ(heap_.allocate({100, 8}), 0U);
    for (const std::size_t bytes : Sizes{size + 1, 16 * size, most / 2, most / 2 + 1, most / 2 + 2,
                                         most - 15, most - 7, most}) {
        for (const std::size_t align : Sizes{std::size_t{1}, std::size_t{4096}, most / 2 + 1}) {
            EXPECT_EQ(heap_.allocate({bytes, align}), heap_.live_count()) << bytes;
        }
        EXPECT_FALSE(heap_.reallocate(0, bytes)) << bytes;
    }
    heap_.deallocate_all();
}

TEST_P(Conformance, AlignmentsBeyondTheHeapAreRefused) {
    // 2^18 is the alignment of the heap's own start: from there on only address 0 would do.
    for (std::size_t align = std::size_t{1} << 63; align > std::size_t{1} << 18; align /= 2) {
        EXPECT_EQ(heap_.allocate({16, align}), heap_.live_count()) << align;
    }
}

TEST_P(Conformance, ZeroedMemoryIsZero) {
    for (const std::size_t bytes : Sizes{0, 1, 16, 100, 2048, 3000}) {
        std::ranges::fill(region_.bytes(), std::byte{0xee});
        const auto subject = GetParam().make(region_.bytes());
        CheckedHeap heap(*subject, GetParam().promises);
        // The second time it is memory that was a block before.
        for (int round = 0; round < 2; ++round) {
            ASSERT_EQ(heap.allocate({bytes, 8}, Fill::zero), 0U);
            heap.deallocate(0);
        }
    }
}

TEST_P(Conformance, ReallocationKeepsWhatWasThere) {
    ASSERT_EQ(heap_.allocate({40, 8}), 0U);
    for (const std::size_t bytes :
         Sizes{48, 41, 100, 5000, 4999, 200, 8, 0, 16, 24, 2048, 2049, 1}) {
        ASSERT_TRUE(heap_.reallocate(0, bytes)) << bytes;
    }
    heap_.deallocate_all();
}

TEST_P(Conformance, ReallocationAmongNeighboursKeepsWhatWasThere) {
    for (std::size_t count = 0; count < 12; ++count) ASSERT_EQ(heap_.allocate({96, 16}), count);
    for (const std::size_t index : Sizes{9, 6, 3, 1}) heap_.deallocate(index);
    for (std::size_t bytes = 0; bytes < 400; bytes += 13) {
        for (std::size_t index = 0; index < heap_.live_count(); ++index) {
            ASSERT_TRUE(heap_.reallocate(index, (bytes * (index + 1)) % 400));
        }
    }
    heap_.deallocate_all();
}

TEST_P(Conformance, ReallocationThatFailsLeavesTheBlock) {
    ASSERT_EQ(heap_.allocate({64, 64}), 0U);
    while (heap_.allocate({512, 8}) < heap_.live_count()) {
    }
    EXPECT_FALSE(heap_.reallocate(0, size / 2));
    EXPECT_FALSE(heap_.reallocate(1, size / 2));
    heap_.deallocate_all();
}

TEST_P(Conformance, FullHeapServesAgainAfterFrees) {
    for (const std::size_t bytes : Sizes{300, 1000, 3000}) {
        const auto subject = GetParam().make(region_.bytes());
        CheckedHeap heap(*subject, GetParam().promises);
        std::size_t fitted = 0;
        while (heap.allocate({bytes, 8}) < heap.live_count()) ++fitted;
        EXPECT_GE(fitted, size / std::bit_ceil(bytes));
        heap.deallocate_all();
        for (std::size_t again = 0; again < fitted; ++again) {
            ASSERT_LT(heap.allocate({bytes, 8}), heap.live_count());
        }
        heap.deallocate_all();
    }
}

TEST_P(Conformance, EveryOrderOfFreesGivesAllMemoryBack) {
    for (const std::size_t step : Sizes{1, 2, 3, 7}) {
        for (std::size_t count = 0; count < 60; ++count) {
            ASSERT_LT(heap_.allocate({8 * count, 8}), heap_.live_count());
        }
        for (std::size_t at = 0; heap_.live_count() > 0; at += step) {
            heap_.deallocate(at % heap_.live_count());
        }
    }
}

/// One random step: mostly small sizes, now and then a large one or a strange alignment.
void step(CheckedHeap& heap, std::mt19937_64& random) {
    const std::size_t choice = random() % 100;
    const std::size_t bytes = choice % 10 == 0 ? random() % 20'000 : random() % 300;
    const std::size_t align = std::size_t{1} << (choice % 7 == 0 ? random() % 13 : random() % 5);
    if (heap.live_count() == 0 || choice < 45) {
        (void)heap.allocate({bytes, align}, choice % 4 == 0 ? Fill::zero : Fill::none);
    } else if (choice < 65) {
        (void)heap.reallocate(random() % heap.live_count(), bytes);
    } else {
        heap.deallocate(random() % heap.live_count());
    }
}

/// HEAP44_SEED repeats a run; without it each run has a new seed.
std::uint64_t seed() {
    const char* given = std::getenv("HEAP44_SEED");
    return given != nullptr ? std::strtoull(given, nullptr, 0) : std::random_device()();
}

TEST_P(Conformance, RandomOperationsKeepTheLaws) {
    const std::uint64_t chosen = seed();
    SCOPED_TRACE("HEAP44_SEED=" + std::to_string(chosen));
    std::mt19937_64 random(chosen);
    for (int count = 0; count < 1500; ++count) step(heap_, random);
    heap_.deallocate_all();
}

class OddRegions : public testing::TestWithParam<Kind> {};

TEST_P(OddRegions, RegionsOfAnySizeAndStartWork) {
    const std::uint64_t chosen = seed();
    SCOPED_TRACE("HEAP44_SEED=" + std::to_string(chosen));
    std::mt19937_64 random(chosen);
    for (const std::size_t bytes :
         Sizes{0, 1, 8, 15, 16, 17, 40, 1000, 4096, 5000, 65'536, 70'001}) {
        for (const std::size_t offset : Sizes{0, 1, 8, 24, 4090}) {
            SCOPED_TRACE(std::to_string(bytes) + " bytes, " + std::to_string(offset) + " on");
            const GuardedRegion region(bytes, offset);
            const auto subject = GetParam().make(region.bytes());
            CheckedHeap heap(*subject, GetParam().promises);
            for (int count = 0; count < 50; ++count) step(heap, random);
            heap.deallocate_all();
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Designs, Conformance, testing::ValuesIn(all_kinds()), test_name);
INSTANTIATE_TEST_SUITE_P(Designs, OddRegions, testing::ValuesIn(all_kinds()), test_name);
INSTANTIATE_TEST_SUITE_P(Windows, OddRegions, testing::ValuesIn(guard_page_kinds()), test_name);

// The laws hold in a window, too; but 100 KiB of it hold 12 blocks, and what is freed waits.
TEST(Windows, RandomOperationsKeepTheLaws) {
    const std::uint64_t chosen = seed();
    SCOPED_TRACE("HEAP44_SEED=" + std::to_string(chosen));
    std::mt19937_64 random(chosen);
    const GuardedRegion region(default_heap_size);
    for (const Kind& kind : guard_page_kinds()) {
        SCOPED_TRACE(kind.name);
        const auto subject = kind.make(region.bytes());
        CheckedHeap heap(*subject, kind.promises);
        for (int count = 0; count < 1500; ++count) step(heap, random);
        heap.deallocate_all();
    }
}

}  // namespace

}  // namespace heap44::test
