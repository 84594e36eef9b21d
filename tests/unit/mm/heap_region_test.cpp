// SPDX-License-Identifier: MIT
// Memory under a region of addresses: all of it, fresh and zeroed, or none.
#include "mm/heap_region.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

#include "fake_memory.hpp"
#include "lib/address_plan.hpp"

namespace heap44::mm {
namespace {

constexpr std::uint64_t heap_frames = default_heap_size / page_size;
constexpr std::uint64_t table_frames = 3;

MappingTools tools(FakeMachine& machine) {
    return {machine.mapper, machine.frames, machine.memory};
}

TEST(HeapRegion, EachPageGetsAFrameOfItsOwnThatIsZeroed) {
    FakeMachine machine(64);
    ASSERT_TRUE(map_fresh(tools(machine), heap_start, default_heap_size));
    std::set<std::uint64_t> frames;
    for (std::uint64_t offset = 0; offset < default_heap_size; offset += page_size) {
        const auto frame = machine.mapper.translate(heap_start + offset);
        ASSERT_TRUE(frame);
        frames.insert(frame->value);
        const auto words = machine.memory.words(*frame);
        EXPECT_EQ(std::ranges::count(words, 0U), std::ranges::ssize(words));
    }
    EXPECT_EQ(frames.size(), heap_frames);
    EXPECT_EQ(machine.frames.used_count(), 1 + table_frames + heap_frames);
}

TEST(HeapRegion, ItIsWritableNotExecutableAndEndsWhereItEnds) {
    FakeMachine machine(64);
    ASSERT_TRUE(map_fresh(tools(machine), heap_start, default_heap_size));
    const std::uint64_t entry = machine.mapper.walk(heap_start).levels[3].entry;
    EXPECT_EQ(entry & ~entry_address,
              entry_present | entry_writable | entry_dirty | entry_no_execute);
    EXPECT_FALSE(machine.mapper.translate(heap_start - 1));
    EXPECT_TRUE(machine.mapper.translate(heap_start + (default_heap_size - 1)));
    EXPECT_FALSE(machine.mapper.translate(heap_start + default_heap_size));
}

TEST(HeapRegion, AnOddSizeIsRoundedUpAndNothingNeedsNothing) {
    FakeMachine machine(64);
    ASSERT_TRUE(map_fresh(tools(machine), heap_start, page_size + 1));
    EXPECT_TRUE(machine.mapper.translate(heap_start + page_size));
    EXPECT_FALSE(machine.mapper.translate(heap_start + 2 * page_size));
    ASSERT_TRUE(map_fresh(tools(machine), heap_start, 0));
}

TEST(HeapRegion, WhereverFramesRunOutAllIsUndone) {
    for (std::uint64_t spare = 0; spare < table_frames + heap_frames; ++spare) {
        FakeMachine machine(1 + spare);
        const auto mapped = map_fresh(tools(machine), heap_start, default_heap_size);
        ASSERT_EQ(mapped.error(), MapError::frame_allocation_failed) << spare;
        EXPECT_EQ(machine.frames.free_count(), spare);
        EXPECT_EQ(machine.mapper.walk(heap_start).levels[0].entry, 0U);
    }
    FakeMachine enough(1 + table_frames + heap_frames);
    EXPECT_TRUE(map_fresh(tools(enough), heap_start, default_heap_size));
}

TEST(HeapRegion, APageThatWasThereBeforeStays) {
    FakeMachine machine(64);
    const VirtAddr middle = heap_start + 10 * page_size;
    const PhysAddr foreign{0x7000};
    ASSERT_TRUE(machine.mapper.map(middle, foreign, {}));
    const std::uint64_t free = machine.frames.free_count();
    EXPECT_EQ(map_fresh(tools(machine), heap_start, default_heap_size).error(),
              MapError::already_mapped);
    EXPECT_EQ(machine.frames.free_count(), free);
    EXPECT_FALSE(machine.mapper.translate(heap_start));
    EXPECT_EQ(machine.mapper.translate(middle), foreign);
}

TEST(HeapRegion, PlacesThatCannotBeAreRefused) {
    FakeMachine machine(64);
    const auto map = [&](std::uint64_t start, std::uint64_t size) {
        return map_fresh(tools(machine), VirtAddr{start}, size).error();
    };
    EXPECT_EQ(map(heap_start.value + 8, page_size), MapError::misaligned);
    EXPECT_EQ(map(0x8000'0000'0000, page_size), MapError::not_canonical);
    EXPECT_EQ(map(0x7fff'ffff'f000, 2 * page_size), MapError::not_canonical);
    EXPECT_EQ(map(heap_start.value, ~std::uint64_t{0}), MapError::not_canonical);
    EXPECT_EQ(machine.frames.used_count(), 1U);
}

TEST(HeapRegion, UnmappingGivesAllBackAndPassesOverHoles) {
    FakeMachine machine(64);
    ASSERT_TRUE(map_fresh(tools(machine), heap_start, default_heap_size));
    const PhysAddr taken = machine.mapper.unmap(heap_start + 5 * page_size).value();
    ASSERT_TRUE(machine.frames.free(taken));
    unmap_fresh(tools(machine), heap_start, default_heap_size);
    EXPECT_EQ(machine.frames.used_count(), 1U);
    EXPECT_TRUE(map_fresh(tools(machine), heap_start, default_heap_size));
}

}  // namespace
}  // namespace heap44::mm
