// SPDX-License-Identifier: MIT
// The frame allocator: which frames it hands out of an untidy map, and what it says to misuse.
#include "mm/frames.hpp"

#include <gtest/gtest.h>
#include <random>
#include <set>
#include <vector>

namespace heap44::mm {
namespace {

constexpr std::uint64_t mib = 1024 * 1024;
constexpr std::uint64_t gib = 1024 * mib;

struct Machine {
    explicit Machine(std::vector<PhysicalRange> usable, std::vector<PhysicalRange> reserved = {})
        : bitmap(FrameAllocator::bitmap_words(usable), 0x5555), frames(usable, reserved, bitmap) {}

    /// Every frame there is, in the order in which they come.
    std::vector<std::uint64_t> drain() {
        std::vector<std::uint64_t> all;
        while (const auto frame = frames.allocate()) all.push_back(frame->value);
        return all;
    }

    std::vector<std::uint64_t> bitmap;
    FrameAllocator frames;
};

using Addresses = std::vector<std::uint64_t>;

TEST(Frames, AnAllocatorWithoutMemoryHasNone) {
    FrameAllocator none;
    EXPECT_FALSE(none.allocate());
    EXPECT_EQ(none.total_count(), 0U);
    EXPECT_EQ(none.free(PhysAddr{4 * mib}).error(), FrameError::not_a_frame);
    EXPECT_EQ(FrameAllocator::bitmap_words({}), 0U);
}

TEST(Frames, TheLowestFrameComesFirst) {
    Machine machine({{{2 * mib}, 3 * page_size}});
    EXPECT_EQ(machine.drain(), (Addresses{2 * mib, 2 * mib + 0x1000, 2 * mib + 0x2000}));
}

TEST(Frames, CountsFollowWhatHappens) {
    Machine machine({{{2 * mib}, 10 * page_size}});
    const PhysAddr first = machine.frames.allocate().value();
    (void)machine.frames.allocate();
    EXPECT_EQ(machine.frames.total_count(), 10U);
    EXPECT_EQ(machine.frames.used_count(), 2U);
    EXPECT_EQ(machine.frames.free_count(), 8U);
    EXPECT_TRUE(machine.frames.free(first));
    EXPECT_EQ(machine.frames.used_count(), 1U);
}

TEST(Frames, NothingBelowOneMebibyteIsHandedOut) {
    Machine machine({{{0}, mib + 2 * page_size}});
    EXPECT_EQ(machine.drain(), (Addresses{mib, mib + 0x1000}));
}

TEST(Frames, PartialPagesAtTheEndsAreDropped) {
    Machine machine({{{2 * mib + 1}, 3 * page_size}});
    EXPECT_EQ(machine.drain(), (Addresses{2 * mib + 0x1000, 2 * mib + 0x2000}));
}

TEST(Frames, ARegionWithinOnePageGivesNone) {
    Machine machine({{{2 * mib + 1}, page_size - 1}, {{3 * mib}, page_size - 1}});
    EXPECT_TRUE(machine.drain().empty());
}

TEST(Frames, AnEmptyRegionGivesNone) {
    Machine machine({{{2 * mib}, 0}});
    EXPECT_EQ(machine.frames.total_count(), 0U);
}

TEST(Frames, UnsortedAndOverlappingRegionsCountOnce) {
    Machine machine({{{6 * mib}, page_size},
                     {{2 * mib}, 2 * page_size},
                     {{2 * mib + page_size}, 2 * page_size}});
    EXPECT_EQ(machine.drain(), (Addresses{2 * mib, 2 * mib + 0x1000, 2 * mib + 0x2000, 6 * mib}));
}

TEST(Frames, APageThatAnythingReservedTouchesIsKept) {
    Machine machine({{{2 * mib}, 4 * page_size}}, {{{2 * mib + 0x1fff}, 2}});
    EXPECT_EQ(machine.drain(), (Addresses{2 * mib, 2 * mib + 0x3000}));
}

TEST(Frames, AnEmptyReservationKeepsNothing) {
    Machine machine({{{2 * mib}, 2 * page_size}}, {{{2 * mib + 8}, 0}});
    EXPECT_EQ(machine.frames.total_count(), 2U);
}

TEST(Frames, TheKernelInTheMiddleOfMemoryIsAHole) {
    Machine machine({{{mib}, 4 * mib}}, {{{2 * mib}, mib}});
    EXPECT_EQ(machine.frames.total_count(), 3 * mib / page_size);
    for (const std::uint64_t frame : machine.drain()) {
        EXPECT_TRUE(frame < 2 * mib || frame >= 3 * mib) << frame;
    }
}

TEST(Frames, MemoryAboveFourGibibytesIsUsed) {
    Machine machine({{{4 * mib}, page_size}, {{4 * gib + 8 * mib}, 2 * page_size}});
    EXPECT_EQ(machine.drain(), (Addresses{4 * mib, 4 * gib + 8 * mib, 4 * gib + 8 * mib + 0x1000}));
}

TEST(Frames, AHugeRegionIsUsedAsFarAsTheBitmapReaches) {
    const std::vector<PhysicalRange> usable{{{0}, physical_limit}};
    EXPECT_EQ(FrameAllocator::bitmap_words(usable), 2 * physical_limit / page_size / 64);
    std::vector<std::uint64_t> bitmap(2 * 8);  // 512 pages: the first MiB and one more
    FrameAllocator frames(usable, {}, bitmap);
    EXPECT_EQ(frames.total_count(), mib / page_size);
    EXPECT_EQ(frames.allocate(), PhysAddr{mib});
}

TEST(Frames, ARegionThatRunsOverTheEndOfTheAddressSpaceEndsThere) {
    const std::vector<PhysicalRange> usable{{{~std::uint64_t{0} - 5}, 100}, {{2 * mib}, page_size}};
    EXPECT_EQ(FrameAllocator::bitmap_words(usable), 2 * (2 * mib / page_size / 64 + 1));
    Machine machine(usable, {{{3 * mib}, ~std::uint64_t{0}}});
    EXPECT_EQ(machine.drain(), Addresses{2 * mib});
}

TEST(Frames, ABitmapOfOddSizeIsNotOverrun) {
    const std::vector<PhysicalRange> usable{{{mib}, mib}};
    std::vector<std::uint64_t> bitmap(11);
    FrameAllocator frames(usable, {}, bitmap);
    EXPECT_EQ(frames.total_count(), 5 * 64 - mib / page_size);
}

TEST(Frames, AFreedFrameIsTheNextOneAgain) {
    Machine machine({{{2 * mib}, 200 * page_size}});
    (void)machine.drain();
    EXPECT_TRUE(machine.frames.free(PhysAddr{2 * mib + 150 * page_size}));
    EXPECT_TRUE(machine.frames.free(PhysAddr{2 * mib + 7 * page_size}));
    EXPECT_EQ(machine.drain(), (Addresses{2 * mib + 7 * page_size, 2 * mib + 150 * page_size}));
}

TEST(Frames, MisuseIsNamedAndChangesNothing) {
    Machine machine({{{0}, 4 * mib}}, {{{2 * mib}, page_size}});
    const PhysAddr frame = machine.frames.allocate().value();
    const auto free = [&](std::uint64_t address) {
        return machine.frames.free(PhysAddr{address}).error();
    };
    EXPECT_EQ(free(frame.value + 8), FrameError::misaligned);
    EXPECT_EQ(free(0), FrameError::not_a_frame);
    EXPECT_EQ(free(0x9'f000), FrameError::not_a_frame);
    EXPECT_EQ(free(2 * mib), FrameError::not_a_frame);
    EXPECT_EQ(free(4 * mib), FrameError::not_a_frame);
    EXPECT_EQ(free(~std::uint64_t{0xfff}), FrameError::not_a_frame);
    EXPECT_EQ(free(3 * mib), FrameError::already_free);
    EXPECT_EQ(machine.frames.used_count(), 1U);
    EXPECT_TRUE(machine.frames.free(frame));
    EXPECT_EQ(free(frame.value), FrameError::already_free);
    EXPECT_EQ(machine.frames.used_count(), 0U);
}

TEST(Frames, EachErrorHasItsOwnText) {
    const std::set<std::string_view> texts{text(FrameError::misaligned),
                                           text(FrameError::not_a_frame),
                                           text(FrameError::already_free)};
    EXPECT_EQ(texts.size(), 3U);
}

/// What the allocator should manage, worked out page by page.
std::set<std::uint64_t> model_of(const std::vector<PhysicalRange>& usable,
                                 const std::vector<PhysicalRange>& reserved) {
    std::set<std::uint64_t> pages;
    for (std::uint64_t page = mib; page < 8 * mib; page += page_size) {
        bool good = false;
        for (const auto& range : usable) {
            good |= range.start.value <= page && page + page_size <= range.start.value + range.size;
        }
        for (const auto& range : reserved) {
            good &= range.size == 0 || range.start.value + range.size <= page ||
                    page + page_size <= range.start.value;
        }
        if (good) pages.insert(page);
    }
    return pages;
}

class RandomFrames : public testing::TestWithParam<unsigned> {};

TEST_P(RandomFrames, BehaveAsASetOfAddresses) {
    std::mt19937_64 random(GetParam());
    const auto ranges = [&](std::size_t count, std::uint64_t largest) {
        std::vector<PhysicalRange> result;
        for (std::size_t i = 0; i < count; ++i) {
            result.push_back({{random() % (6 * mib)}, random() % largest});
        }
        return result;
    };
    const auto usable = ranges(8, 2 * mib);
    const auto reserved = ranges(6, 64 * 1024);
    Machine machine(usable, reserved);
    std::set<std::uint64_t> available = model_of(usable, reserved);
    std::set<std::uint64_t> used;
    ASSERT_EQ(machine.frames.total_count(), available.size());
    for (int step = 0; step < 4000; ++step) {
        if (random() % 5 < 3) {
            const auto frame = machine.frames.allocate();
            ASSERT_EQ(frame.has_value(), !available.empty());
            if (!frame) continue;
            ASSERT_EQ(frame->value, *available.begin());
            used.insert(available.extract(available.begin()));
        } else {
            const std::uint64_t page = random() % (8 * mib / page_size) * page_size;
            const auto freed = machine.frames.free(PhysAddr{page});
            ASSERT_EQ(freed.has_value(), used.contains(page)) << "page " << page;
            if (freed) available.insert(used.extract(page));
        }
        ASSERT_EQ(machine.frames.free_count(), available.size());
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomFrames, testing::Range(0U, 20U));

TEST(Frames, ARunIsTheLowestThatIsFreeAndAligned) {
    Machine machine({{{2 * mib + 3 * page_size}, 200 * page_size}, {{4 * mib}, mib}});
    EXPECT_EQ(machine.frames.allocate_run(10, page_size), PhysAddr{2 * mib + 3 * page_size});
    EXPECT_EQ(machine.frames.allocate_run(64, 64 * page_size), PhysAddr{2 * mib + 64 * page_size});
    EXPECT_EQ(machine.frames.allocate_run(256, 2 * mib), PhysAddr{4 * mib});
    EXPECT_EQ(machine.frames.used_count(), 10U + 64 + 256);
    EXPECT_EQ(machine.frames.allocate(), PhysAddr{2 * mib + 13 * page_size});
}

TEST(Frames, ARunThatDoesNotFitTakesNothing) {
    Machine machine({{{2 * mib}, 100 * page_size}});
    ASSERT_TRUE(machine.frames.allocate());
    EXPECT_FALSE(machine.frames.allocate_run(100, page_size));
    EXPECT_FALSE(machine.frames.allocate_run(2, mib));
    EXPECT_FALSE(machine.frames.allocate_run(~std::uint64_t{0}, page_size));
    EXPECT_FALSE(machine.frames.allocate_run(0, page_size));
    EXPECT_EQ(machine.frames.free_count(), 99U);
    EXPECT_EQ(machine.frames.allocate_run(99, page_size), PhysAddr{2 * mib + page_size});
    EXPECT_EQ(machine.frames.free_count(), 0U);
}

TEST(Frames, ARunCanBeFreedFrameByFrame) {
    Machine machine({{{2 * mib}, 70 * page_size}});
    const auto run = machine.frames.allocate_run(70, page_size);
    ASSERT_TRUE(run);
    for (std::uint64_t at = 0; at < 70; ++at)
        EXPECT_TRUE(machine.frames.free(*run + at * page_size));
    EXPECT_EQ(machine.drain().size(), 70U);
}

}  // namespace
}  // namespace heap44::mm
