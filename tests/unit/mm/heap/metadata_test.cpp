// SPDX-License-Identifier: MIT
// What each part takes beside the heap: exactly so much, and it writes nowhere else.
#include <gtest/gtest.h>
#include <vector>

#include "lib/address_plan.hpp"
#include "mm/heap/checkpoint.hpp"
#include "mm/heap/designs/table.hpp"
#include "mm/heap/heap.hpp"

namespace heap44::test {
namespace {

constexpr std::size_t region = default_heap_size;

TEST(Metadata, AddressSetsTakeAWordFor64NumbersAndThoseOfTheLevelsAbove) {
    EXPECT_EQ(mm::AddressSet::words_needed(1), 1U);
    EXPECT_EQ(mm::AddressSet::words_needed(64), 1U);
    EXPECT_EQ(mm::AddressSet::words_needed(65), 2U + 1);
    EXPECT_EQ(mm::AddressSet::words_needed(4096), 64U + 1);
    EXPECT_EQ(mm::AddressSet::words_needed(4097), 65U + 2 + 1);
    EXPECT_EQ(mm::CellSet::words_needed(1), 1U + 1 + 1);
    EXPECT_EQ(mm::CellSet::words_needed(64), 64U + 1 + 1);
    EXPECT_EQ(mm::CellSet::words_needed(65), 65U + 2 + 1);
    EXPECT_EQ(mm::HoleEdges::words_needed(1), 1U);
    EXPECT_EQ(mm::HoleEdges::words_needed(64), 1U);
    EXPECT_EQ(mm::HoleEdges::words_needed(65), 2U);
}

TEST(Metadata, SizeTreesTakeALineForSoManyAsFitIntoOne) {
    EXPECT_EQ(mm::SizeTree<std::uint8_t>::lines_needed(1), 1U);
    EXPECT_EQ(mm::SizeTree<std::uint8_t>::lines_needed(64), 1U);
    EXPECT_EQ(mm::SizeTree<std::uint8_t>::lines_needed(65), 2U + 1);
    EXPECT_EQ(mm::SizeTree<std::int32_t>::lines_needed(16), 1U);
    EXPECT_EQ(mm::SizeTree<std::int32_t>::lines_needed(257), 17U + 2 + 1);
}

TEST(Metadata, OfEachDesign) {
    // Leaves of 2 KiB and one more: tags, two trees, a set of cells.
    EXPECT_EQ(mm::Indexed::metadata_bytes(2048), 2U * 64 + 64 + 64 + 64);
    EXPECT_EQ(mm::Indexed::metadata_bytes(10'240), 6U * 64 + 64 + 64 + 64);
    EXPECT_EQ(mm::Indexed::metadata_bytes(region), 51U * 64 + 64 + 5 * 64 + 448);
    EXPECT_EQ(mm::Indexed::metadata_bytes(16 << 20), (8193U + 133 + 550 + 1041) * 64);
    // 16,384 nodes, half of which can be split.
    EXPECT_EQ(mm::Buddy::metadata_bytes(region), (261U + 131) * 8);
    EXPECT_EQ(mm::Tlsf::metadata_bytes(region), sizeof(mm::TwoLevelIndex) + 100 * 8);
    EXPECT_EQ(mm::Tlsf::metadata_bytes(1040), sizeof(mm::TwoLevelIndex) + 2 * 8);
    EXPECT_EQ(mm::PageSpans::bytes_needed(65), 65U * 16 + 2 * 3 * 8);
    EXPECT_EQ(mm::GuardPage::metadata_bytes(16 * page_size), 16U * 16 + 2 * 8);
}

TEST(Metadata, OfAWindowNeitherADetectorNorACopy) {
    EXPECT_EQ(mm::metadata_bytes(mm::Arena::window, 0), 0U) << "there is none";
    constexpr std::size_t window = 65'536 * page_size;
    const std::size_t needed = mm::HeapMemory::bytes_needed(8192, window);
    std::vector<std::uint64_t> words(needed / 8);
    const mm::HeapMemory memory(std::as_writable_bytes(std::span(words)), 8192, window);
    const mm::HeapMemory::Parts parts = memory.parts(mm::Arena::window);
    EXPECT_EQ(parts.metadata.size(), mm::GuardPage::metadata_bytes(window));
    EXPECT_TRUE(parts.detector.empty());
    EXPECT_EQ(parts.checkpoint.size(), parts.metadata.size());
    EXPECT_EQ(needed, parts.metadata.size() + parts.ledger.size() + parts.hole_map.size() +
                          parts.checkpoint.size());
}

TEST(Metadata, OfTheHeapAndItsParts) {
    EXPECT_EQ(mm::Shadow::bytes_needed(region), region + (408 + 205) * 8);
    EXPECT_EQ(mm::HoleMap::bytes_needed(region), 2U * 205 * 8);
    EXPECT_EQ(mm::HoleMap::bytes_needed(65 * page_size, page_size), 2U * 3 * 8);
    constexpr std::size_t records = 6400 + 4096;
    const std::size_t ledger =
        records * sizeof(mm::Block) + std::size_t{12'800} * 4 + records * 4 + 4096 * 4 + 205 * 8;
    EXPECT_EQ(mm::Ledger::bytes_needed(region), ledger);
    EXPECT_EQ(mm::Checkpoint::bytes_needed(region, 4096), region + 4096);
    EXPECT_EQ(mm::Heap::memory_needed(region), 4096 + ledger + mm::Shadow::bytes_needed(region) +
                                                   mm::HoleMap::bytes_needed(region) + region +
                                                   4096);
}

/// Words in the midst of others, which nobody may write to.
class Between {
public:
    explicit Between(std::size_t count) : words_(margin + count + margin, ~std::uint64_t{0}) {
        for (std::uint64_t& word : inner()) word = 0;
    }
    [[nodiscard]] std::span<std::uint64_t> inner() {
        return std::span(words_).subspan(margin, words_.size() - 2 * margin);
    }
    void expect_margins_whole() const {
        for (std::size_t index = 0; index < margin; ++index) {
            ASSERT_EQ(words_[index], ~std::uint64_t{0}) << index;
            ASSERT_EQ(words_[words_.size() - 1 - index], ~std::uint64_t{0}) << index;
        }
    }

private:
    static constexpr std::size_t margin = 8192;
    std::vector<std::uint64_t> words_;
};

TEST(Metadata, AddressSetsStayWithinTheirWords) {
    for (const std::size_t limit : {1U, 63U, 64U, 65U, 4095U, 4096U, 4097U}) {
        Between words(mm::AddressSet::words_needed(limit));
        mm::AddressSet set(words.inner(), limit);
        for (const std::size_t number : {std::size_t{0}, limit - 1}) set.insert(number);
        EXPECT_EQ(set.last_up_to(limit - 1), limit - 1);
        set.erase(limit - 1);
        words.expect_margins_whole();
    }
}

TEST(Metadata, PageSpansStayWithinTheirWords) {
    for (const std::size_t pages : {1U, 2U, 64U, 65U, 200U}) {
        Between words(mm::PageSpans::bytes_needed(pages) / 8);
        mm::PageSpans spans(std::as_writable_bytes(words.inner()), pages);
        EXPECT_EQ(spans.hole_pages(), pages);
        EXPECT_EQ(spans.find_hole(pages, {0, 1}), 0U);
        spans.take(0, pages);
        spans.give_back(0);
        EXPECT_TRUE(spans.release_oldest());
        spans.take(pages - 1, 1);
        EXPECT_EQ(spans.hole_pages(), pages - 1);
        words.expect_margins_whole();
    }
}

TEST(Metadata, CellSetsStayWithinTheirWords) {
    for (const std::size_t leaves : {1U, 2U, 64U, 65U, 4097U}) {
        Between words(mm::CellSet::words_needed(leaves));
        mm::CellSet set(words.inner(), leaves);
        const std::size_t last = leaves * 64 - 1;
        for (const std::size_t cell : {std::size_t{0}, last})
            set.exchange(cell, mm::CellSet::bit(cell));
        EXPECT_EQ(set.last_before(last, true), last);
        set.exchange(last, 0);
        EXPECT_EQ(set.last_before(last, true), 0U);
        words.expect_margins_whole();
    }
}

}  // namespace
}  // namespace heap44::test
