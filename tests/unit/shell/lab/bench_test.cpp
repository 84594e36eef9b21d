// SPDX-License-Identifier: MIT
// The workloads of `bench`: what they do to a heap, and what fits into it.
#include <gtest/gtest.h>
#include <vector>

#include "mm/heap/bare_design.hpp"
#include "mm/heap/heap.hpp"
#include "region.hpp"
#include "shell/lab/benchmark.hpp"

namespace heap44::test {
namespace {

using shell::bench_rows;

std::vector<std::string> names(std::size_t heap_size) {
    std::vector<std::string> found;
    for (const shell::BenchRow& row : bench_rows(heap_size)) found.emplace_back(row.name().view());
    return found;
}

TEST(BenchTest, RowsOfTheDefaultHeapAreThoseOfTheHost) {
    EXPECT_EQ(names(default_heap_size),
              (std::vector<std::string>{"W1 L=100 M=256", "W1 L=1000 M=64", "W2 N=10", "W2 N=1000",
                                        "W3 D=64", "W3 D=400", "W4 fill 1..256", "W4 churn 1..256",
                                        "W4 fill 16..4096", "W5 vectors=16"}));
}

TEST(BenchTest, RowsGrowAndShrinkWithTheHeap) {
    EXPECT_EQ(names(4096)[0], "W1 L=4 M=256");
    EXPECT_EQ(names(4096)[2], "W2 N=1") << "never none";
    EXPECT_EQ(names(std::size_t{16} << 20)[1], "W1 L=10000 M=64") << "never more than 10,000";
}

// A slot for each block has its place beside the heap.
TEST(BenchTest, LentDesignIsBareAndLeavesAnEmptyHeap) {
    TestHeap heap;
    ASSERT_NE(heap->allocate({100}, 0), nullptr);
    heap->lend_design([&](mm::BareDesign& design, std::span<std::byte> scratch) {
        EXPECT_EQ(scratch.size(), heap->size());
        std::byte* first = design.allocate({100});
        EXPECT_EQ(address_of(first), heap->start()) << "the block from before is gone";
        EXPECT_EQ(heap->ledger().live_count(), 0U) << "the ledger is not told";
        EXPECT_EQ(design.reallocate(first, {100}, 200), first);
        std::ranges::fill(scratch, std::byte{0xff});
        EXPECT_EQ(address_of(design.allocate({8})), heap->start() + 200);
    });
    EXPECT_EQ(heap->stats().free, heap->size());
    EXPECT_EQ(heap->stats().holes, 1U);
}

}  // namespace
}  // namespace heap44::test
