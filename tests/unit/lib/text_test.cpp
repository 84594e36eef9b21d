// SPDX-License-Identifier: MIT
// Text in a place of fixed size: what does not fit is cut, and never within a character.
#include "lib/text.hpp"

#include <gtest/gtest.h>

namespace heap44::test {
namespace {

TEST(FixedTextTest, TakesWhatFits) {
    FixedText<4> text("abcd");
    EXPECT_EQ(text.view(), "abcd");
    text.write("e");
    EXPECT_EQ(text.view(), "abcd");
}

TEST(FixedTextTest, CutsBetweenCharacters) {
    EXPECT_EQ(FixedText<4>("abéd").view(), "abé");
    EXPECT_EQ(FixedText<3>("abéd").view(), "ab") << "é has two bytes";
    EXPECT_EQ(FixedText<3>("a€").view(), "a") << "€ has three";
    EXPECT_EQ(FixedText<4>("a😀").view(), "a") << "and this has four";
    EXPECT_EQ(FixedText<1>("é").view(), "");
}

TEST(FixedTextTest, CutsACharacterThatComesInPieces) {
    FixedText<3> text("ab");
    text.write("\xe2\x82");
    text.write("\xac");
    EXPECT_EQ(text.view(), "ab");
}

TEST(FixedTextTest, NothingComesBehindTheCut) {
    FixedText<3> text("ab€");
    text.write("c");
    EXPECT_EQ(text.view(), "ab");
    text.clear();
    text.write("c");
    EXPECT_EQ(text.view(), "c");
}

}  // namespace
}  // namespace heap44::test
