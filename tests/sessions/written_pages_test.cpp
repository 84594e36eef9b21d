// SPDX-License-Identifier: MIT
// Which pages were written to, as the host program learns it: each once, and none that was not.
#include "host/written_pages.hpp"

#include <cstddef>
#include <gtest/gtest.h>
#include <vector>

#include "host/faults.hpp"
#include "host/heap.hpp"
#include "host/machine.hpp"
#include "listener.hpp"

namespace heap44::test {
namespace {

constexpr std::size_t region_pages = 25;  // the default heap's

std::byte& byte_of(std::size_t page, std::size_t offset = 0) {
    return *reinterpret_cast<std::byte*>((heap_start + page * page_size + offset).value);
}

/// The numbers of the pages from `start` on that were written to.
std::vector<std::size_t> written(VirtAddr start = heap_start, std::size_t pages = region_pages) {
    struct Pages final : mm::PageVisitor {
        explicit Pages(VirtAddr first) : start(first) {}
        void visit(VirtAddr page) override {
            EXPECT_EQ(page.value % page_size, 0U);
            numbers.push_back((page - start) / page_size);
        }
        VirtAddr start;
        std::vector<std::size_t> numbers;
    } visitor(start);
    host::written_pages().visit(start, pages * page_size, visitor);
    return visitor.numbers;
}

/// Whether all is as it should be, in a process of its own; there faults arrive.
void in_a_process(void (*check)()) {
    EXPECT_EXIT(
        {
            (void)host::make_heap(default_heap_size);
            host::catch_faults();
            (void)written();
            check();
            std::_Exit(testing::Test::HasFailure() ? 1 : 0);
        },
        testing::ExitedWithCode(0), "");
}

using Numbers = std::vector<std::size_t>;

TEST(WrittenPagesTest, EachIsToldOnce) {
    in_a_process([] {
        EXPECT_EQ(written(), Numbers{});
        byte_of(3, 17) = std::byte{1};
        byte_of(3, 18) = std::byte{2};
        byte_of(4, page_size - 1) = std::byte{3};
        byte_of(24) = std::byte{4};
        EXPECT_EQ(byte_of(7), std::byte{0xf5}) << "to read is not to write";
        EXPECT_EQ(written(), (Numbers{3, 4, 24}));
        EXPECT_EQ(written(), Numbers{});
        byte_of(3) = std::byte{5};
        EXPECT_EQ(written(), Numbers{3});
        EXPECT_EQ(byte_of(3, 17), std::byte{1}) << "the write that was stopped was done";
    });
}

TEST(WrittenPagesTest, APartMayBeAskedFor) {
    in_a_process([] {
        for (const std::size_t page : {2U, 5U, 9U}) byte_of(page) = std::byte{1};
        EXPECT_EQ(written(heap_start + 3 * page_size, 6), Numbers{2});
        EXPECT_EQ(written(), (Numbers{2, 9}));
    });
}

TEST(WrittenPagesTest, WhatLinuxWritesCounts) {
    in_a_process([] {
        const std::vector<std::byte> bytes(page_size, std::byte{7});
        host::machine().set_heap(heap_start, heap_start + default_heap_size);
        EXPECT_EQ(host::machine().write_memory(heap_start + 5000, bytes), bytes.size());
        EXPECT_EQ(written(), (Numbers{1, 2}));
        EXPECT_EQ(byte_of(2), std::byte{7});
    });
}

TEST(WrittenPagesTest, PagesOfTheWindowComeWithZeros) {
    in_a_process([] {
        const VirtAddr start = guard_window_start + 4 * page_size;
        auto* byte = reinterpret_cast<std::byte*>(start.value);
        for (int time = 0; time < 2; ++time) {
            EXPECT_TRUE(host::written_pages().map(start, 2));
            EXPECT_EQ(written(start, 2), (Numbers{0, 1}));
            EXPECT_EQ(*byte, std::byte{});
            *byte = std::byte{9};
            EXPECT_EQ(written(start, 2), Numbers{0});
            host::written_pages().unmap(start, 2);
            EXPECT_EQ(written(start, 2), Numbers{});
            EXPECT_FALSE(host::written_pages().allow(start)) << "no page is there to be written to";
        }
    });
}

TEST(WrittenPagesTest, WhereNoFaultsArriveAllCount) {
    EXPECT_EXIT(
        {
            (void)host::make_heap(default_heap_size);
            const bool all = written().size() == region_pages && written().size() == region_pages;
            std::_Exit(all ? 0 : 1);
        },
        testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace heap44::test
