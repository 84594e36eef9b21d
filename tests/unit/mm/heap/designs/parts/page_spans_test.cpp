// SPDX-License-Identifier: MIT
// A window's pages: which of them are found, taken, freed and joined.
#include "mm/heap/designs/parts/page_spans.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace heap44::test {
namespace {

using mm::PageSpans;
using Kind = PageSpans::Kind;

class PageSpansTest : public testing::Test {
protected:
    static constexpr std::size_t pages = 16;

    /// A character for each page: `.` in a hole, a live span's or (capital) a freed one's number.
    std::string picture() {
        std::string text;
        for (std::size_t page = 0; page < pages; ++page) {
            const std::size_t first = spans_.start_of(page);
            const Kind kind = spans_[first].kind;
            text += kind == Kind::hole   ? '.'
                    : kind == Kind::live ? static_cast<char>('a' + first)
                                         : static_cast<char>('A' + first);
        }
        return text;
    }
    std::optional<std::size_t> find(std::size_t count, std::size_t to = 1, std::size_t base = 0) {
        return spans_.find_hole(count, {base, to});
    }

    std::vector<std::uint64_t> memory_ =
        std::vector<std::uint64_t>(PageSpans::bytes_needed(pages) / 8 + 1);
    PageSpans spans_{std::as_writable_bytes(std::span(memory_)), pages};
};

TEST_F(PageSpansTest, AHoleIsFoundFromItsFirstAlignedPageOn) {
    spans_.take(0, 3);
    spans_.take(4, 1);
    EXPECT_EQ(picture(), "aaa.e...........");
    EXPECT_EQ(find(1), 3U);
    EXPECT_EQ(find(2), 5U);
    EXPECT_EQ(find(1, 4), 8U) << "the hole of one page ends before the first aligned page";
    EXPECT_EQ(find(8, 8), 8U);
    EXPECT_EQ(find(9, 8), std::nullopt);
    EXPECT_EQ(find(1, 4, 1), 3U) << "page 3 lies at a multiple of 4 if page 0 lies at 1";
    EXPECT_EQ(find(11), 5U);
    EXPECT_EQ(find(12), std::nullopt);
    EXPECT_EQ(spans_.hole_pages(), 12U);
    EXPECT_EQ(spans_.hole_from(3), 3U);
    EXPECT_EQ(spans_.hole_from(4), 5U);
    EXPECT_EQ(spans_.hole_from(6), std::nullopt);
    EXPECT_EQ(spans_.hole_from(pages), std::nullopt);
}

TEST_F(PageSpansTest, TheLongestFreedIsReleasedAndJoinsTheHolesItTouches) {
    for (std::size_t first = 0; first < 16; first += 4) spans_.take(first, 4);
    EXPECT_EQ(spans_.hole_pages(), 0U);
    for (const std::size_t first : {8U, 0U, 12U, 4U}) spans_.give_back(first);
    EXPECT_EQ(picture(), "AAAAEEEEIIIIMMMM");
    EXPECT_EQ(spans_.oldest(), 8U);
    EXPECT_TRUE(spans_.release_oldest());
    EXPECT_EQ(picture(), "AAAAEEEE....MMMM");
    EXPECT_TRUE(spans_.release_oldest());
    EXPECT_EQ(picture(), "....EEEE....MMMM");
    EXPECT_TRUE(spans_.release_oldest());
    EXPECT_EQ(picture(), "....EEEE........");
    EXPECT_EQ(spans_[8].pages, 8U) << "one hole with the one before it";
    EXPECT_EQ(spans_.hole_pages(), 12U);
    EXPECT_TRUE(spans_.release_oldest());
    EXPECT_EQ(spans_[0].pages, 16U) << "one hole with those on both sides";
    EXPECT_EQ(spans_.hole_pages(), 16U);
    EXPECT_FALSE(spans_.release_oldest());
    EXPECT_EQ(find(16), 0U);
}

TEST_F(PageSpansTest, AReleasedPageJoinsTheHoleBeforeItThoughALiveOneComesBehind) {
    spans_.take(3, 1);
    spans_.take(4, 2);
    EXPECT_EQ(picture(), "...dee..........");
    spans_.give_back(3);
    EXPECT_TRUE(spans_.release_oldest());
    EXPECT_EQ(picture(), "....ee..........");
    EXPECT_EQ(spans_[0].pages, 4U);
    EXPECT_EQ(spans_.start_of(3), 0U);
    EXPECT_EQ(spans_.hole_pages(), 14U);
}

TEST_F(PageSpansTest, TheSecondPageJoinsTheFirst) {
    spans_.take(1, 1);
    spans_.give_back(1);
    EXPECT_TRUE(spans_.release_oldest());
    EXPECT_EQ(spans_[0].pages, 16U);
    EXPECT_EQ(spans_.start_of(15), 0U);
}

TEST_F(PageSpansTest, ReleasesCanBeTakenBack) {
    spans_.take(0, 2);
    spans_.take(2, 3);
    spans_.take(5, 1);
    spans_.give_back(2);
    spans_.give_back(0);
    const auto oldest = spans_.oldest();
    EXPECT_TRUE(spans_.release_oldest());
    EXPECT_TRUE(spans_.release_oldest());
    EXPECT_EQ(picture(), ".....f..........");
    spans_.take_back_releases(oldest);
    EXPECT_EQ(picture(), "AACCCf..........");
    EXPECT_EQ(spans_.hole_pages(), 10U);
    EXPECT_EQ(spans_.oldest(), 2U);
    EXPECT_TRUE(spans_.release_oldest());
    EXPECT_EQ(picture(), "AA...f..........") << "the order is what it was";
}

}  // namespace
}  // namespace heap44::test
