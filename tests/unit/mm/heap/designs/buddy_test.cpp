// SPDX-License-Identifier: MIT
// The buddy allocator: halving, joining, and regions that are no power of two.
#include "mm/heap/designs/buddy.hpp"

#include <array>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "support/offsets.hpp"

namespace heap44::test {

namespace {

using BuddyHeap = Offsets<mm::Buddy>;

TEST(Buddy, RoundsUpToPowersOfTwo) {
    const BuddyHeap heap(4096);
    EXPECT_EQ(heap.block_size(0), 16U);
    EXPECT_EQ(heap.block_size(17), 32U);
    EXPECT_EQ(heap.block_size(1024), 1024U);
    EXPECT_EQ(heap.block_size(20, 512), 512U) << "a block is aligned to its own size";
}

// The example of every textbook: 1 MiB, requests of 100, 240, 64 and 256 KiB.
TEST(Buddy, TextbookExample) {
    constexpr std::size_t kib = 1024;
    BuddyHeap heap(1024 * kib);
    EXPECT_EQ(heap.allocate(100 * kib), 0U);
    EXPECT_EQ(heap.holes(),
              (Holes{{128 * kib, 128 * kib}, {256 * kib, 256 * kib}, {512 * kib, 512 * kib}}));
    EXPECT_EQ(heap.allocate(240 * kib), 256 * kib);
    EXPECT_EQ(heap.allocate(64 * kib), 128 * kib);
    EXPECT_EQ(heap.allocate(256 * kib), 512 * kib);
    heap.deallocate(256 * kib, 240 * kib);
    heap.deallocate(0, 100 * kib);
    EXPECT_EQ(heap.allocate(75 * kib), 0U);
    heap.deallocate(128 * kib, 64 * kib);
    heap.deallocate(0, 75 * kib);
    heap.deallocate(512 * kib, 256 * kib);
    EXPECT_EQ(heap.holes(), (Holes{{0, 1024 * kib}}));
}

TEST(Buddy, NeighboursThatAreNoBuddiesStayApart) {
    BuddyHeap heap(64);
    for (std::size_t count = 0; count < 4; ++count) EXPECT_EQ(heap.allocate(16), 16 * count);
    heap.deallocate(16, 16);
    heap.deallocate(32, 16);
    EXPECT_EQ(heap.holes(), (Holes{{16, 16}, {32, 16}}));
    EXPECT_EQ(heap.allocate(32), std::nullopt);
    heap.deallocate(0, 16);
    EXPECT_EQ(heap.holes(), (Holes{{32, 16}, {0, 32}}));
}

TEST(Buddy, RegionThatIsNoPowerOfTwoIsSeveralBlocks) {
    constexpr std::size_t kib = 1024;
    BuddyHeap heap(100 * kib);
    const Holes fresh{{96 * kib, 4 * kib}, {64 * kib, 32 * kib}, {0, 64 * kib}};
    EXPECT_EQ(heap.holes(), fresh);
    EXPECT_EQ(heap.allocate(65 * kib), std::nullopt) << "no block is larger than 64 KiB";
    EXPECT_EQ(heap.allocate(4 * kib), 96 * kib) << "the smallest that is large enough";
    EXPECT_EQ(heap.allocate(16), 64 * kib);
    heap.deallocate(64 * kib, 16);
    heap.deallocate(96 * kib, 4 * kib);
    EXPECT_EQ(heap.holes(), fresh);
}

// Offset 0 of the tree is a multiple of everything, its address is one of 256 KiB.
TEST(Buddy, AlignmentThatTheTreesStartLacksIsRefused) {
    BuddyHeap heap(1024 * 1024);
    EXPECT_EQ(heap.allocate(16, 256 * 1024), 0U);
    EXPECT_EQ(heap.allocate(16, 512 * 1024), std::nullopt);
}

TEST(Buddy, LeftHalfGrowsIntoItsFreeBuddies) {
    BuddyHeap heap(1024);
    EXPECT_EQ(heap.allocate(16), 0U);
    EXPECT_EQ(heap.reallocate(0, 16, 1000), 0U);
    EXPECT_EQ(heap.holes(), Holes{});
    EXPECT_EQ(heap.reallocate(0, 1000, 100), 0U);
    EXPECT_EQ(heap.holes(), (Holes{{128, 128}, {256, 256}, {512, 512}}));
}

TEST(Buddy, RightHalfMovesToGrow) {
    BuddyHeap heap(1024);
    EXPECT_EQ(heap.allocate(64), 0U);
    EXPECT_EQ(heap.allocate(64), 64U);
    heap.deallocate(0, 64);
    EXPECT_EQ(heap.reallocate(64, 64, 128), 128U);
    EXPECT_EQ(heap.holes(), (Holes{{0, 128}, {256, 256}, {512, 512}}));
}

/// The tree as text: a letter a node, halves in brackets.
std::string tree_of(const mm::Buddy& design) {
    std::vector<std::size_t> open;
    std::string text;
    design.for_each_node([&](const mm::Buddy::Node& node) {
        while (!open.empty() && open.back() > node.level) {
            text += ')';
            open.pop_back();
        }
        text += "fsuo"[static_cast<std::size_t>(node.state)];
        if (node.state != mm::Buddy::State::split) return;
        text += '(';
        open.push_back(node.level + 1);
    });
    return text.append(open.size(), ')');
}

TEST(Buddy, WalkOverTheTreeShowsWhatBecameOfEachNode) {
    const GuardedRegion region(96);
    alignas(64) std::array<std::byte, 4096> metadata;
    mm::Buddy design(region.bytes(), metadata);
    EXPECT_EQ(tree_of(design), "s(fs(fo))") << "64 and 32 bytes, and 32 that are not there";
    std::byte* block = design.allocate({16, 8});
    EXPECT_EQ(tree_of(design), "s(fs(s(uf)o))");
    std::byte* other = design.allocate({50, 8});
    EXPECT_EQ(tree_of(design), "s(us(s(uf)o))");
    design.deallocate(block, {16, 8});
    design.deallocate(other, {50, 8});
    EXPECT_EQ(tree_of(design), "s(fs(fo))");
}

TEST(Buddy, NodeThatWasSplitAndJoinedIsOneBlockAgain) {
    const GuardedRegion region(64);
    alignas(64) std::array<std::byte, 4096> metadata;
    mm::Buddy design(region.bytes(), metadata);
    std::byte* small = design.allocate({16, 8});
    EXPECT_EQ(tree_of(design), "s(s(uf)f)");
    design.deallocate(small, {16, 8});
    EXPECT_NE(design.allocate({64, 8}), nullptr);
    EXPECT_EQ(tree_of(design), "u");
    design.deallocate(region.bytes().data(), {64, 8});
    EXPECT_NE(design.allocate({32, 8}), nullptr);
    EXPECT_EQ(tree_of(design), "s(uf)");
}

TEST(Buddy, NodesInFrontOfTheRegionAreLeftWhole) {
    const GuardedRegion region(128, 128);
    alignas(64) std::array<std::byte, 4096> metadata;
    const mm::Buddy design(region.bytes(), metadata);
    EXPECT_EQ(tree_of(design), "s(of)");
}

TEST(Buddy, TheLargestSizeIsTheLargestPowerOfTwo) {
    constexpr std::size_t largest = std::size_t{1} << 63;
    EXPECT_EQ(mm::Buddy::block_size({largest}), largest);
    EXPECT_EQ(mm::Buddy::block_size({largest + 1}), ~std::size_t{0});
    EXPECT_EQ(mm::Buddy::block_size({1, largest}), largest);
}

}  // namespace

}  // namespace heap44::test
