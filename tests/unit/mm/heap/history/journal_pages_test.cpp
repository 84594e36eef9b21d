// SPDX-License-Identifier: MIT
// Which pages the journal looks at: those that the machine says were written to.
#include <gtest/gtest.h>
#include <set>

#include "mm/heap/history/journal.hpp"
#include "region.hpp"

namespace heap44::mm {
namespace {

/// Tells of each page that was written to, once.
class WrittenPages final : public ChangedPages {
public:
    void for_each_changed_page(VirtAddr start, std::uint64_t size, PageVisitor& visitor) override {
        for (VirtAddr page = start; page < start + size; page += page_size) {
            if (written.erase(page.value) != 0) visitor.visit(page);
        }
    }
    std::set<std::uint64_t> written;
};

class JournalPagesTest : public testing::Test {
protected:
    JournalPagesTest() {
        pages_.written = {heap_->start().value, address_of(heap_->records().data()).value};
    }
    [[nodiscard]] std::size_t size() { return Journal::least_memory(*heap_); }

    test::TestHeap heap_{std::size_t{16} * 1024};
    WrittenPages pages_;
    test::AlignedBytes memory_ = test::aligned_bytes(size());
};

TEST_F(JournalPagesTest, WhatWasWrittenBeforeItBeganIsNoChange) {
    const Journal journal(*heap_, {memory_.get(), size()}, pages_);
    EXPECT_TRUE(pages_.written.empty());
}

TEST_F(JournalPagesTest, LooksOnlyAtThePagesThatItIsToldOf) {
    Journal journal(*heap_, {memory_.get(), size()}, pages_);
    std::byte& byte = heap_->region()[page_size + 5];
    const std::byte before = byte;
    byte = std::byte{1};
    journal.commit();
    EXPECT_EQ(journal.undoable(), 0U);
    pages_.written = {(heap_->start() + page_size).value};
    journal.commit();
    EXPECT_EQ(journal.undoable(), 1U);
    pages_.written = {(heap_->start() + page_size).value};
    journal.undo();
    EXPECT_EQ(byte, before);
}

}  // namespace
}  // namespace heap44::mm
