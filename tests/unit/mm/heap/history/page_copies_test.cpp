// SPDX-License-Identifier: MIT
// The memory for copies of pages: which are given out, and in which state.
#include "mm/heap/history/page_copies.hpp"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <set>

#include "region.hpp"

namespace heap44::test {
namespace {

using mm::PageStore;

/// A store of four pages, which held something else before.
class PageStoreTest : public testing::Test {
protected:
    static constexpr std::size_t pages = 4;

    PageStoreTest() { std::fill_n(memory_.get(), pages * page_size, std::byte{0xa5}); }

    /// Takes all that are left: which pages of the memory they are. All that is in them is zero.
    std::set<std::size_t> take_all() {
        std::set<std::size_t> taken;
        for (auto slot = store_.take(); slot != PageStore::none; slot = store_.take()) {
            const std::byte* page = store_.page(slot);
            EXPECT_EQ(std::count(page, page + page_size, std::byte{0}), page_size);
            const auto offset = static_cast<std::size_t>(page - memory_.get());
            EXPECT_EQ(offset % page_size, 0U);
            taken.insert(offset / page_size);
        }
        return taken;
    }
    /// A page is written to before it goes back.
    void give_back(PageStore::Slot slot) {
        std::fill_n(store_.page(slot), page_size, std::byte{0x5a});
        store_.give_back(slot);
    }

    AlignedBytes memory_ = aligned_bytes(pages * page_size);
    PageStore store_{{memory_.get(), pages* page_size}};
};

TEST_F(PageStoreTest, GivesOutEveryPageOfItsMemoryOnce) {
    EXPECT_EQ(store_.size(), pages * page_size);
    EXPECT_EQ(take_all(), (std::set<std::size_t>{0, 1, 2, 3}));
    EXPECT_EQ(store_.free_count(), 0U);
}

TEST_F(PageStoreTest, GivesOutAgainWhatItTookBack) {
    take_all();
    for (const PageStore::Slot slot : std::array<PageStore::Slot, 3>{2, 4, 1}) give_back(slot);
    EXPECT_EQ(store_.free_count(), 3U);
    EXPECT_EQ(take_all(), (std::set<std::size_t>{0, 1, 3}));
    EXPECT_EQ(store_.take(), PageStore::none);
}

}  // namespace
}  // namespace heap44::test
