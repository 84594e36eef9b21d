// SPDX-License-Identifier: MIT
// The mapper: entries as the processor reads them, every error, and no frame lost on any way.
#include "mm/page_table.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>

#include "fake_memory.hpp"

namespace heap44::mm {
namespace {

constexpr VirtAddr heap{0x4444'4444'0000};
constexpr PhysAddr frame{0x12'3456'7000};

TEST(PageTable, AMappedPageTranslatesWithItsOffset) {
    FakeMachine machine(8);
    ASSERT_TRUE(machine.mapper.map(heap, frame, {}));
    EXPECT_EQ(machine.mapper.translate(heap), frame);
    EXPECT_EQ(machine.mapper.translate(heap + 0xabc), frame + 0xabc);
    EXPECT_FALSE(machine.mapper.translate(heap + page_size));
    EXPECT_FALSE(machine.mapper.translate(heap - 1));
}

TEST(PageTable, TheWalkShowsTheIndicesOfTheHeap) {
    FakeMachine machine(8);
    ASSERT_TRUE(machine.mapper.map(heap, frame, {.writable = true}));
    const PageWalk walk = machine.mapper.walk(heap + 0x10);
    ASSERT_EQ(walk.depth, 4U);
    const std::array<std::uint16_t, 4> indices{0x88, 0x111, 0x22, 0x40};
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(walk.levels[i].level, 4 - i);
        EXPECT_EQ(walk.levels[i].index, indices[i]);
    }
    EXPECT_EQ(walk.levels[3].entry,
              frame.value | entry_present | entry_writable | entry_no_execute);
    EXPECT_EQ(walk.physical, frame + 0x10);
}

TEST(PageTable, TheWalkStopsAtTheFirstEntryThatIsNotPresent) {
    FakeMachine machine(8);
    EXPECT_EQ(machine.mapper.walk(heap).depth, 1U);
    ASSERT_TRUE(machine.mapper.map(heap, frame, {}));
    EXPECT_EQ(machine.mapper.walk(heap + page_size).depth, 4U);
    EXPECT_EQ(machine.mapper.walk(heap + large_page_size).depth, 3U);
    EXPECT_FALSE(machine.mapper.walk(heap + page_size).physical);
}

TEST(PageTable, AnAddressThatIsNotCanonicalHasNoWalk) {
    FakeMachine machine(8);
    EXPECT_EQ(machine.mapper.walk(VirtAddr{0x8000'0000'0000}).depth, 0U);
    EXPECT_FALSE(machine.mapper.translate(VirtAddr{0xffff'7fff'ffff'ffff}));
    EXPECT_TRUE(is_canonical(VirtAddr{0x7fff'ffff'ffff}));
    EXPECT_TRUE(is_canonical(VirtAddr{0xffff'8000'0000'0000}));
}

TEST(PageTable, OnlyTheLeafDecidesAboutRights) {
    for (const bool writable : {false, true}) {
        for (const bool executable : {false, true}) {
            FakeMachine machine(8);
            ASSERT_TRUE(machine.mapper.map(heap, frame, {writable, executable}));
            const PageWalk walk = machine.mapper.walk(heap);
            for (std::size_t i = 0; i < 3; ++i) {
                EXPECT_EQ(walk.levels[i].entry & ~entry_address, entry_present | entry_writable);
            }
            const std::uint64_t leaf = walk.levels[3].entry;
            EXPECT_EQ((leaf & entry_writable) != 0, writable);
            EXPECT_EQ((leaf & entry_no_execute) != 0, !executable);
            EXPECT_EQ(leaf & entry_user, 0U);
        }
    }
}

TEST(PageTable, ALargePageEndsTheWalkALevelEarlier) {
    FakeMachine machine(8);
    const VirtAddr page{0xffff'8000'4000'0000};
    const PhysAddr start{0x4000'0000};
    ASSERT_TRUE(machine.mapper.map(page, start, {.writable = true}, PageSize::large));
    const PageWalk walk = machine.mapper.walk(page + 0x12'3456);
    EXPECT_EQ(walk.depth, 3U);
    EXPECT_EQ(walk.levels[2].entry & ~entry_address,
              entry_present | entry_writable | entry_huge | entry_no_execute);
    EXPECT_EQ(walk.physical, start + 0x12'3456);
    EXPECT_EQ(machine.frames.used_count(), 3U);
}

TEST(PageTable, BitSevenOfALastLevelEntryIsNotALargePage) {
    FakeMachine machine(8);
    ASSERT_TRUE(machine.mapper.map(heap, frame, {}));
    const PhysAddr table{machine.mapper.walk(heap).levels[2].entry & entry_address};
    machine.memory.words(table)[0x40] |= entry_huge;
    EXPECT_EQ(machine.mapper.translate(heap + 5), frame + 5);
    EXPECT_EQ(machine.mapper.unmap(heap), frame);
}

TEST(PageTable, AGibibytePageIsWalkedAndNeverTakenForATable) {
    FakeMachine machine(8);
    ASSERT_TRUE(machine.mapper.map(heap, frame, {}));
    const PhysAddr pdpt{machine.mapper.walk(heap).levels[0].entry & entry_address};
    machine.memory.words(pdpt)[0x112] = 0x8000'0000 | entry_present | entry_huge;
    const VirtAddr in_it{0x4444'8000'0000};
    EXPECT_EQ(machine.mapper.translate(in_it + 0x1234'5678), PhysAddr{0x8000'0000 + 0x1234'5678});
    EXPECT_EQ(machine.mapper.map(in_it, frame, {}).error(), MapError::parent_entry_is_huge_page);
    EXPECT_EQ(machine.mapper.unmap(in_it, PageSize::large).error(),
              MapError::parent_entry_is_huge_page);
}

TEST(PageTable, MappingTwiceIsAlreadyMapped) {
    FakeMachine machine(8);
    ASSERT_TRUE(machine.mapper.map(heap, frame, {}));
    EXPECT_EQ(machine.mapper.map(heap, PhysAddr{0x1000}, {}).error(), MapError::already_mapped);
    EXPECT_EQ(machine.mapper.translate(heap), frame);
}

TEST(PageTable, SmallPagesInTheWayOfALargeOneAreAlreadyMapped) {
    FakeMachine machine(8);
    const VirtAddr large{0x4444'4440'0000};
    ASSERT_TRUE(machine.mapper.map(heap, frame, {}));
    EXPECT_EQ(machine.mapper.map(large, PhysAddr{0}, {}, PageSize::large).error(),
              MapError::already_mapped);
    EXPECT_EQ(machine.mapper.unmap(large, PageSize::large).error(), MapError::not_mapped);
    EXPECT_EQ(machine.mapper.translate(heap), frame);
}

TEST(PageTable, ALargePageInTheWayOfASmallOneIsNamed) {
    FakeMachine machine(8);
    const VirtAddr page{0x4000'0000};
    ASSERT_TRUE(machine.mapper.map(page, PhysAddr{0}, {}, PageSize::large));
    EXPECT_EQ(machine.mapper.map(page + page_size, frame, {}).error(),
              MapError::parent_entry_is_huge_page);
    EXPECT_EQ(machine.mapper.unmap(page).error(), MapError::parent_entry_is_huge_page);
}

TEST(PageTable, WhatIsNotMappedCannotBeUnmapped) {
    FakeMachine machine(8);
    EXPECT_EQ(machine.mapper.unmap(heap).error(), MapError::not_mapped);
    ASSERT_TRUE(machine.mapper.map(heap, frame, {}));
    EXPECT_EQ(machine.mapper.unmap(heap + page_size).error(), MapError::not_mapped);
}

TEST(PageTable, PlacesThatCannotBeAreRefused) {
    FakeMachine machine(8);
    Mapper& mapper = machine.mapper;
    EXPECT_EQ(mapper.map(heap + 8, frame, {}).error(), MapError::misaligned);
    EXPECT_EQ(mapper.map(heap, frame + 8, {}).error(), MapError::misaligned);
    EXPECT_EQ(mapper.map(heap, PhysAddr{0}, {}, PageSize::large).error(), MapError::misaligned);
    EXPECT_EQ(mapper.map(VirtAddr{0}, PhysAddr{0x1000}, {}, PageSize::large).error(),
              MapError::misaligned);
    EXPECT_EQ(mapper.map(VirtAddr{0x8000'0000'0000}, frame, {}).error(), MapError::not_canonical);
    EXPECT_EQ(mapper.unmap(VirtAddr{0x8000'0000'0000}).error(), MapError::not_canonical);
    EXPECT_EQ(mapper.unmap(heap + 1).error(), MapError::misaligned);
    EXPECT_EQ(mapper.map(heap, PhysAddr{physical_limit}, {}).error(),
              MapError::beyond_physical_memory);
    EXPECT_EQ(machine.frames.used_count(), 1U);
}

TEST(PageTable, UnmappingGivesTheFrameFlushesAndFreesEmptyTables) {
    FakeMachine machine(8);
    ASSERT_TRUE(machine.mapper.map(heap, frame, {}));
    ASSERT_TRUE(machine.mapper.map(heap + page_size, frame + page_size, {}));
    EXPECT_EQ(machine.frames.used_count(), 4U);
    EXPECT_EQ(machine.mapper.unmap(heap), frame);
    EXPECT_EQ(std::ranges::count(machine.memory.flushed, heap), 1);
    EXPECT_EQ(machine.frames.used_count(), 4U) << "the table still holds the other page";
    EXPECT_EQ(machine.mapper.translate(heap + page_size), frame + page_size);
    EXPECT_EQ(machine.mapper.unmap(heap + page_size), frame + page_size);
    EXPECT_EQ(machine.frames.used_count(), 1U);
    EXPECT_EQ(machine.mapper.walk(heap).depth, 1U);
    EXPECT_EQ(machine.mapper.walk(heap).levels[0].entry, 0U);
}

TEST(PageTable, WithoutAFrameForATableNothingChanges) {
    for (std::uint64_t spare = 0; spare < 3; ++spare) {
        FakeMachine machine(1 + spare);
        EXPECT_EQ(machine.mapper.map(heap, frame, {}).error(), MapError::frame_allocation_failed);
        EXPECT_EQ(machine.frames.free_count(), spare);
        EXPECT_EQ(machine.mapper.walk(heap).levels[0].entry, 0U);
    }
    FakeMachine enough(4);
    EXPECT_TRUE(enough.mapper.map(heap, frame, {}));
}

TEST(PageTable, ATableThatCameFromElsewhereIsKept) {
    FakeMachine machine(8);
    const PhysAddr foreign{0x8000'0000};
    std::ranges::fill(machine.memory.words(foreign), 0);
    machine.memory.words(machine.mapper.root())[0x88] =
        foreign.value | entry_present | entry_writable;
    ASSERT_TRUE(machine.mapper.map(heap, frame, {}));
    EXPECT_TRUE(machine.mapper.unmap(heap));
    EXPECT_EQ(machine.frames.used_count(), 1U);
    EXPECT_EQ(machine.mapper.walk(heap).depth, 2U);
}

TEST(PageTable, TheErrorsReadAsTheyShould) {
    EXPECT_EQ(text(MapError::frame_allocation_failed), "frame allocation failed");
    EXPECT_EQ(text(MapError::already_mapped), "already mapped");
    EXPECT_EQ(text(MapError::parent_entry_is_huge_page), "parent entry is a huge page");
    EXPECT_EQ(text(MapError::not_mapped), "not mapped");
    const std::set<std::string_view> others{text(MapError::misaligned),
                                            text(MapError::not_canonical),
                                            text(MapError::beyond_physical_memory)};
    EXPECT_EQ(others.size(), 3U);
}

/// A map from pages to frames that knows nothing of tables.
struct Model {
    struct Page {
        PhysAddr frame;
        std::uint64_t size;
    };
    /// The page that holds any of `size` bytes at `start`.
    std::map<std::uint64_t, Page>::iterator overlap(std::uint64_t start, std::uint64_t size) {
        return std::ranges::find_if(pages, [=](const auto& page) {
            return page.first < start + size && start < page.first + page.second.size;
        });
    }
    std::map<std::uint64_t, Page> pages;
};

class RandomPages : public testing::TestWithParam<unsigned> {};

TEST_P(RandomPages, BehaveAsAMap) {
    std::mt19937_64 random(GetParam());
    FakeMachine machine(14);  // few, so that tables run out now and then
    Model model;
    const std::array<std::uint64_t, 3> bases{0, 0x4444'4440'0000, 0xffff'ffff'8000'0000};
    for (int step = 0; step < 3000; ++step) {
        const PageSize size = random() % 4 == 0 ? PageSize::large : PageSize::small;
        const std::uint64_t slots = size == PageSize::large ? 2 : 1024;
        const VirtAddr page{bases[random() % 3] + random() % slots * bytes(size)};
        const auto there = model.overlap(page.value, bytes(size));
        if (random() % 2 == 0) {
            const PhysAddr target{random() % 1000 * large_page_size};
            const auto before = machine.frames.free_count();
            const auto mapped = machine.mapper.map(page, target, {}, size);
            if (mapped) {
                ASSERT_EQ(there, model.pages.end());
                model.pages[page.value] = {target, bytes(size)};
            } else if (there == model.pages.end()) {
                ASSERT_EQ(mapped.error(), MapError::frame_allocation_failed);
                ASSERT_EQ(machine.frames.free_count(), before);
            }
        } else {
            const auto unmapped = machine.mapper.unmap(page, size);
            const auto exact = model.pages.find(page.value);
            const bool expected = exact != model.pages.end() && exact->second.size == bytes(size);
            ASSERT_EQ(unmapped.has_value(), expected);
            if (!expected) continue;
            ASSERT_EQ(*unmapped, exact->second.frame);
            model.pages.erase(exact);
        }
        const VirtAddr probe{bases[random() % 3] + random() % (2 * large_page_size)};
        const auto holder = model.overlap(probe.value, 1);
        const auto found = machine.mapper.translate(probe);
        ASSERT_EQ(found.has_value(), holder != model.pages.end());
        if (found) {
            ASSERT_EQ(*found, holder->second.frame + (probe.value - holder->first));
        }
    }
    for (const auto& [start, page] : model.pages) {
        const PageSize size = page.size == page_size ? PageSize::small : PageSize::large;
        ASSERT_TRUE(machine.mapper.unmap(VirtAddr{start}, size));
    }
    EXPECT_EQ(machine.frames.used_count(), 1U) << "only the root is left";
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomPages, testing::Range(0U, 20U));

/// What the processor does when it writes to the page.
void write_to(FakeMachine& machine, VirtAddr page) {
    const PhysAddr table{machine.mapper.walk(page).levels[2].entry & entry_address};
    machine.memory.words(table)[page.value / page_size % entries_per_table] |= entry_dirty;
}

std::vector<VirtAddr> dirty_pages(FakeMachine& machine, VirtAddr start, std::uint64_t size) {
    std::vector<VirtAddr> pages;
    machine.mapper.take_dirty(start, size, [&](VirtAddr page) { pages.push_back(page); });
    return pages;
}

TEST(PageTable, PagesWrittenToAreToldOnce) {
    FakeMachine machine(16);
    for (std::uint64_t page = 0; page < 5; ++page) {
        ASSERT_TRUE(machine.mapper.map(heap + page * page_size, frame + page * page_size, {}));
    }
    EXPECT_EQ(dirty_pages(machine, heap, 5 * page_size), std::vector<VirtAddr>{});
    EXPECT_EQ(machine.memory.flushed_all, 0);
    write_to(machine, heap);
    write_to(machine, heap + 3 * page_size);
    write_to(machine, heap + 4 * page_size);
    EXPECT_EQ(dirty_pages(machine, heap, 4 * page_size), (std::vector{heap, heap + 3 * page_size}));
    EXPECT_EQ(machine.memory.flushed_all, 1) << "or the next write would not be told";
    EXPECT_EQ(dirty_pages(machine, heap, 5 * page_size), std::vector{heap + 4 * page_size});
    EXPECT_EQ(dirty_pages(machine, heap, 5 * page_size), std::vector<VirtAddr>{});
    EXPECT_EQ(machine.mapper.translate(heap), frame) << "nothing else has changed";
}

TEST(PageTable, PagesWrittenToAreFoundInEveryTable) {
    FakeMachine machine(16);
    const VirtAddr last{heap.value / large_page_size * large_page_size + large_page_size -
                        page_size};
    const VirtAddr beyond = last + page_size;
    const VirtAddr far = beyond + 3 * large_page_size;
    for (const VirtAddr page : {last, beyond, far}) {
        ASSERT_TRUE(machine.mapper.map(page, frame, {}));
        write_to(machine, page);
    }
    EXPECT_EQ(dirty_pages(machine, heap, far + page_size - heap), (std::vector{last, beyond, far}));
}

TEST(PageTable, LargePagesAreNotAskedWhetherTheyWereWrittenTo) {
    FakeMachine machine(8);
    const VirtAddr large{0x4444'4440'0000};
    ASSERT_TRUE(machine.mapper.map(large, PhysAddr{0}, {}, PageSize::large));
    EXPECT_EQ(dirty_pages(machine, large, 2 * large_page_size), std::vector<VirtAddr>{});
}

}  // namespace
}  // namespace heap44::mm
