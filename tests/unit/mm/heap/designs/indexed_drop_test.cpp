// SPDX-License-Identifier: MIT
// Each operation that can leave fewer than 16 holes drops the index of the indexed design.
#include <cstddef>
#include <gtest/gtest.h>
#include <span>
#include <vector>

#include "mm/heap/designs/indexed.hpp"
#include "support/guarded_region.hpp"

namespace heap44::test {
namespace {

/// 51 holes, so there is an index: 50 of 32 bytes and a last one of 64, each before a block of 16.
class IndexedDropTest : public ::testing::Test {
protected:
    IndexedDropTest() {
        for (std::size_t each = 0; each < 51; ++each) {
            (void)design_.allocate({size_of(each), 8});
            (void)design_.allocate({16, 8});
        }
        for (std::size_t each = 0; each < 51; ++each) free(each);
    }
    static std::size_t size_of(std::size_t hole) { return hole == 50 ? 64 : 32; }
    [[nodiscard]] std::byte* hole(std::size_t number) const {
        return region_.bytes().data() + 48 * number;
    }
    /// The block that lies in the hole becomes a hole again.
    void free(std::size_t number) { design_.deallocate(hole(number), {size_of(number), 8}); }
    void take(std::size_t number) {
        ASSERT_EQ(design_.allocate({size_of(number), 8}), hole(number));
    }
    [[nodiscard]] std::size_t holes() const {
        std::size_t count = 0;
        design_.for_each_hole([&](const mm::Hole&) { return ++count != 0; });
        return count;
    }

    GuardedRegion region_{50 * (32 + 16) + 64 + 16};
    std::vector<std::byte> metadata_ =
        std::vector<std::byte>(mm::Indexed::metadata_bytes(region_.bytes().size()));
    mm::Indexed design_{region_.bytes(), metadata_};
};

// With an index and more than 18 holes few are met. It would have stayed from 16 to 19 holes; there
// is none, so it was dropped at 15.
TEST_F(IndexedDropTest, ByABlockThatFillsAHole) {
    ASSERT_TRUE(design_.meets_few_holes());
    for (std::size_t each = 0; each < 36; ++each) take(each);
    EXPECT_EQ(holes(), 15U);
    for (std::size_t each = 0; each < 4; ++each) free(each);
    EXPECT_EQ(holes(), 19U);
    EXPECT_FALSE(design_.meets_few_holes());
}

TEST_F(IndexedDropTest, ByABlockThatFillsTheLastHole) {
    for (std::size_t each = 0; each < 35; ++each) take(each);
    EXPECT_EQ(holes(), 16U);
    take(50);
    for (std::size_t each = 0; each < 4; ++each) free(each);
    EXPECT_EQ(holes(), 19U);
    EXPECT_FALSE(design_.meets_few_holes());
}

TEST_F(IndexedDropTest, ByABlockThatGrowsOverAHole) {
    const auto resize = [&](std::size_t number, std::size_t from, std::size_t to) {
        std::byte* block = hole(number) + 32;
        ASSERT_EQ(design_.reallocate(block, {from, 8}, to), block);
    };
    for (std::size_t each = 0; each < 36; ++each) resize(each, 16, 48);
    EXPECT_EQ(holes(), 15U);
    for (std::size_t each = 0; each < 4; ++each) resize(each, 48, 16);
    EXPECT_EQ(holes(), 19U);
    EXPECT_FALSE(design_.meets_few_holes());
}

TEST_F(IndexedDropTest, NotWhile16HolesAreLeft) {
    for (std::size_t each = 0; each < 35; ++each) take(each);
    for (std::size_t each = 0; each < 3; ++each) free(each);
    EXPECT_EQ(holes(), 19U);
    EXPECT_TRUE(design_.meets_few_holes());
}

}  // namespace
}  // namespace heap44::test
