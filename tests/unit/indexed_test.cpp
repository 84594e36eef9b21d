// SPDX-License-Identifier: MIT
// The indexed design does what the linked list does, to the byte: on the golden traces, on heaps
// made to mislead an index, on single steps that matter, and on random sequences.
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <vector>

#include "../lockstep/lockstep.hpp"

namespace heap44::test {
namespace {

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

/// `count` holes of `size` bytes, each before a block of 16.
void make_holes(Lockstep& heaps, std::size_t count, std::size_t size) {
    const std::size_t first = heaps.live();
    for (std::size_t hole = 0; hole < count; ++hole) {
        ASSERT_NE(heaps.allocate({size}), nullptr);
        ASSERT_NE(heaps.allocate({16}), nullptr);
    }
    // The last takes the place of the one that is freed: so every second one, from behind.
    for (std::size_t hole = count; hole > 0; --hole) heaps.deallocate(first + 2 * hole - 2);
}

void replay(const std::filesystem::path& path) {
    Lockstep heaps({.heap_size = default_heap_size}, 0);
    std::ifstream trace(path);
    std::map<int, std::byte*> blocks;
    std::string operation;
    for (int id = 0; trace >> operation >> id;) {
        if (operation == "f") {
            heaps.deallocate(heaps.index_of(blocks.at(id)));
        } else {
            mm::Layout layout{};
            trace >> layout.size >> layout.align;
            blocks[id] = heaps.allocate(layout);
        }
    }
    EXPECT_EQ(heaps.difference(), "") << path;
}

TEST(Indexed, ReplaysTheGoldenTracesLikeTheLinkedList) {
    for (const auto& entry : std::filesystem::directory_iterator("tests/golden")) {
        if (entry.path().extension() == ".trace") replay(entry.path());
    }
}

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

TEST(Indexed, FillsTheHeapToTheLastByteAndEmptiesItAgain) {
    Lockstep heaps({.heap_size = 64 * kib}, 0);
    while (heaps.allocate({24}) != nullptr) {
    }
    while (heaps.allocate({1}) != nullptr) {
    }
    EXPECT_EQ(heaps.allocate({0}), nullptr);
    for (std::size_t step = 0; heaps.live() > 0; step += 7919)
        heaps.deallocate(step % heaps.live());
    EXPECT_EQ(heaps.difference(), "");
    EXPECT_EQ(heaps.model().holes().size(), 1U);
}

TEST(Indexed, ResizesInPlaceLikeTheLinkedListWithAndWithoutTheIndex) {
    for (const std::size_t holes : {std::size_t{2}, std::size_t{100}}) {
        Lockstep heaps({.heap_size = 1 * mib}, 0);
        make_holes(heaps, holes, 64);
        std::byte* block = heaps.allocate({4000});
        const std::size_t index = heaps.index_of(block);
        for (const std::size_t size : {4096U, 100U, 92U, 80U, 8000U, 16U, 24U, 32U, 16U, 0U}) {
            EXPECT_EQ(heaps.reallocate(index, size), block) << size;
        }
        EXPECT_EQ(heaps.difference(), "") << holes;
    }
}

// The index is dropped when there are fewer than 16 holes, by whatever takes the last but one.
TEST(Indexed, DropsItsIndexWhenAResizedBlockTakesAHole) {
    Lockstep heaps({.heap_size = 64 * kib}, 0);
    make_holes(heaps, 40, 64);
    // Each block of 16 grows into the hole behind it.
    for (std::size_t hole = 1; hole < 40; ++hole) {
        std::byte* block = reinterpret_cast<std::byte*>(heap_start.value + hole * 80 - 16);
        EXPECT_EQ(heaps.reallocate(heaps.index_of(block), 80), block) << hole;
        EXPECT_EQ(heaps.difference(), "") << hole;
    }
    EXPECT_NE(heaps.allocate({64}), nullptr);
    EXPECT_EQ(heaps.difference(), "");
}

TEST(Indexed, DropsItsIndexWhenTheLastHoleIsTakenWhole) {
    Lockstep heaps({.heap_size = 8 * kib}, 0);
    make_holes(heaps, 34, 64);
    const std::size_t rest = 8 * kib - std::size_t{34} * 80;
    for (std::size_t taken = 0; taken < 19; ++taken) EXPECT_NE(heaps.allocate({64}), nullptr);
    EXPECT_NE(heaps.allocate({rest}), nullptr) << "15 holes are left";
    EXPECT_EQ(heaps.difference(), "");
    for (std::size_t taken = 0; taken < 15; ++taken) EXPECT_NE(heaps.allocate({64}), nullptr);
    EXPECT_EQ(heaps.allocate({0}), nullptr);
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

TEST(Indexed, CopiesWhereEightBytesWouldBeLeft) {
    Lockstep heaps({.heap_size = 64 * kib}, 0);
    std::byte* block = heaps.allocate({24});
    heaps.allocate({16});
    EXPECT_NE(heaps.reallocate(0, 16), block);
    EXPECT_EQ(heaps.difference(), "");
}

TEST(Indexed, LeavesABlockAloneThatCannotGrow) {
    Lockstep heaps({.heap_size = 4 * kib}, 0);
    heaps.allocate({3000});
    heaps.allocate({500});
    EXPECT_EQ(heaps.reallocate(0, 5000), nullptr);
    EXPECT_EQ(heaps.reallocate(0, ~std::size_t{0}), nullptr);
    EXPECT_EQ(heaps.difference(), "");
}

struct RandomSequences : testing::TestWithParam<Scenario> {};

TEST_P(RandomSequences, SequencesEndAlike) {
    constexpr std::uint64_t seed = 44;
    EXPECT_EQ(Lockstep(GetParam(), seed).run(60'000), "");
}

const Scenario scenarios[] = {
    {.heap_size = 4 * kib, .largest_size = 64, .live_blocks = 40, .percent_reallocated = 20},
    {.heap_size = 100 * kib, .largest_size = 64},
    {.heap_size = 100 * kib, .percent_aligned = 30, .percent_reallocated = 10},
    {.heap_size = 100 * kib, .largest_size = 32, .live_blocks = 3000, .percent_reallocated = 20},
    {.heap_size = 1 * mib, .largest_size = 4096, .is_log_uniform = true, .percent_aligned = 20},
    {.heap_size = 16 * mib, .largest_size = 8192, .live_blocks = 3000, .percent_reallocated = 5},
    {.heap_size = 1 * mib + 40, .live_blocks = 5000, .percent_aligned = 5, .shift = 3},
};
INSTANTIATE_TEST_SUITE_P(Indexed, RandomSequences, testing::ValuesIn(scenarios));

TEST(Indexed, ManagesAHeapOfOneGibibyte) {
    Lockstep heaps({.heap_size = 1024 * mib}, 0);
    make_holes(heaps, 50, 15 * mib);
    EXPECT_NE(heaps.allocate({15 * mib - 16}), nullptr);
    EXPECT_NE(heaps.allocate({200 * mib}), nullptr);
    EXPECT_EQ(heaps.allocate({200 * mib}), nullptr);
    EXPECT_EQ(heaps.hole_difference(), "");
}

TEST(Indexed, KeepsItsIndexSmall) {
    for (const std::size_t size : {64 * kib, 16 * mib, 1024 * mib}) {
        EXPECT_LT(mm::Indexed::metadata_bytes(size), size / 20) << size;
    }
}

}  // namespace
}  // namespace heap44::test
