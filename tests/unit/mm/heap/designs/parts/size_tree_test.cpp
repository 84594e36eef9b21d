// SPDX-License-Identifier: MIT
// The tree over the leaves of an index: it is as high as the last leaf that has a hole demands.
#include "mm/heap/designs/parts/size_tree.hpp"

#include <cstdint>
#include <gtest/gtest.h>
#include <vector>

namespace heap44::test {
namespace {

class SizeTreeTest : public testing::Test {
protected:
    /// Three lines of 64 leaves, and one above them.
    using Tree = mm::SizeTree<std::uint8_t>;
    static constexpr std::size_t leaves = 130;

    std::vector<Tree::Line> lines_ = std::vector<Tree::Line>(Tree::lines_needed(leaves));
    Tree tree_{lines_, leaves};
};

TEST_F(SizeTreeTest, FindsTheLastLeafOfItsFirstLineAndTheFirstOfTheNext) {
    for (const std::size_t leaf : {63U, 64U}) {
        tree_.set(leaf, Tree::make_key(5, false));
        EXPECT_EQ(tree_.first_fit(5), leaf);
        EXPECT_EQ(tree_.first_fit(6), Tree::none);
        tree_.set(leaf, 0);
        EXPECT_EQ(tree_.first_fit(5), Tree::none);
    }
}

TEST_F(SizeTreeTest, FindsAHoleThatGrewInTheFirstLeafOfTheNextLine) {
    tree_.set(0, Tree::make_key(3, false));
    tree_.grow(64, 5);
    EXPECT_EQ(tree_.first_fit(3), 0U);
    EXPECT_EQ(tree_.next_fit(0, 3), 64U);
    EXPECT_EQ(tree_.first_fit(5), 64U);
}

}  // namespace
}  // namespace heap44::test
