// SPDX-License-Identifier: MIT
// Page tables that are made before a page needs them, and kept when none does.
#include <gtest/gtest.h>

#include "fake_memory.hpp"
#include "mm/page_table.hpp"

namespace heap44::mm {
namespace {

constexpr VirtAddr heap{0x4444'4444'0000};
constexpr PhysAddr frame{0x12'3456'7000};

TEST(KeptPageTables, AreThereForTheNextPage) {
    FakeMachine machine(16);
    // Two stretches of 2 MiB, below one table each.
    ASSERT_TRUE(machine.mapper.make_tables(heap + 4096, large_page_size));
    const std::uint64_t free = machine.frames.free_count();
    for (const VirtAddr page : {heap, heap + large_page_size}) {
        EXPECT_EQ(machine.mapper.walk(page).depth, 4U);
        ASSERT_TRUE(machine.mapper.map(page, frame, {}));
        EXPECT_EQ(machine.mapper.unmap(page, PageSize::small, EmptyTables::keep), frame);
        EXPECT_EQ(machine.mapper.walk(page).depth, 4U);
        EXPECT_EQ(machine.frames.free_count(), free);
    }
    ASSERT_TRUE(machine.mapper.make_tables(heap, 4096)) << "they are there already";
    EXPECT_EQ(machine.frames.free_count(), free);
    ASSERT_TRUE(machine.mapper.map(heap, frame, {}));
    EXPECT_EQ(machine.mapper.unmap(heap), frame);
    EXPECT_EQ(machine.frames.free_count(), free + 1) << "an empty table that need not be kept";
}

TEST(KeptPageTables, CannotBeMadeWhereThereIsNoPlaceForThem) {
    FakeMachine machine(5);
    EXPECT_EQ(machine.mapper.make_tables(VirtAddr{0x8000'0000'0000}, 4096).error(),
              MapError::not_canonical);
    ASSERT_TRUE(machine.mapper.map(VirtAddr{0}, PhysAddr{0}, {}, PageSize::large));
    EXPECT_EQ(machine.mapper.make_tables(VirtAddr{0}, 4096).error(),
              MapError::parent_entry_is_huge_page);
    EXPECT_EQ(machine.mapper.make_tables(VirtAddr{large_page_size}, 4 * large_page_size).error(),
              MapError::frame_allocation_failed);
}

}  // namespace
}  // namespace heap44::mm
