// SPDX-License-Identifier: MIT
// Lines of more bytes than a line has: refused, or made shorter again.
#include <string>

#include "line_editor_fixture.hpp"

namespace heap44::test {
namespace {

TEST_F(LineEditorTest, ALineThatIsTooLongIsRefusedWhole) {
    const std::string longest(shell::max_line, 'x');
    type(longest);
    EXPECT_EQ(type("\r"), Event::line);
    EXPECT_EQ(editor_.line(), longest);
    editor_.start();
    type(longest + "y");
    EXPECT_EQ(type("\r"), Event::too_long);
    EXPECT_EQ(editor_.line(), "");
    editor_.start();
    type(longest +
         "yz\x15"
         "short");
    EXPECT_EQ(type("\r"), Event::line) << "Ctrl-U empties the line";
    EXPECT_EQ(editor_.line(), "short");
}

TEST_F(LineEditorTest, BackspaceTakesBackWhatDidNotFit) {
    const std::string longest(shell::max_line, 'x');
    type(longest + std::string(81, 'y') + std::string(80, '\x7f'));
    expect_line(longest);
    EXPECT_EQ(type("\r"), Event::too_long) << "one is still too many";
    editor_.start();
    type(longest + std::string(81, 'y') + std::string(1000, '\x7f'));
    EXPECT_EQ(editor_.line(), std::string(105, 'x'));
    EXPECT_EQ(type("\r"), Event::line);
}

TEST_F(LineEditorTest, WhatDidNotFitIsCountedInCharacters) {
    std::string line;
    while (line.size() < shell::max_line) line += "ä";
    type(line + "€😀" + "\x7f\x7f");
    EXPECT_EQ(type("\r"), Event::line);
    EXPECT_EQ(editor_.line(), line);
}

TEST_F(LineEditorTest, WhatDidNotFitStandsInFrontOfTheCursor) {
    history_.add("old");
    const std::string longest(shell::max_line, 'x');
    type(longest);
    type(left);
    type("yz");
    const int bells = terminal_.bells;
    // They would need to know what it is.
    for (const std::string_view key : {left, right, up, down, std::string_view("\x17"),
                                       std::string_view("\x0b"), std::string_view("\x12")}) {
        type(key);
    }
    EXPECT_EQ(terminal_.bells, bells + 7);
    EXPECT_EQ(editor_.line(), longest);
    type("\x7f\x7f\x7f");
    EXPECT_EQ(editor_.line(), longest.substr(1));
    type("ab\x15");
    EXPECT_EQ(editor_.line(), "x") << "what stood behind the cursor";
    EXPECT_EQ(type("\r"), Event::line);
}

TEST_F(LineEditorTest, ACompletionThatDoesNotFitIsTakenBackByBackspace) {
    const std::string almost(shell::max_line - 4, 'x');
    type(almost + " do\t");
    EXPECT_EQ(terminal_.bells, 1);
    EXPECT_EQ(editor_.line(), almost + " do") << "it lacks g=";
    type("\x7f\x7f\x7fi\x7f");
    EXPECT_EQ(editor_.line(), almost + " d");
    EXPECT_EQ(type("\r"), Event::line);
}

TEST_F(LineEditorTest, NothingIsAddedBehindACharacterThatDidNotFit) {
    const std::string almost(shell::max_line - 1, 'x');
    type(almost + "ä");
    EXPECT_EQ(terminal_.bells, 1);
    EXPECT_EQ(editor_.line(), almost);
    type("yä");
    EXPECT_EQ(editor_.line(), almost) << "though one byte would fit";
    EXPECT_EQ(terminal_.bells, 1) << "once";
    EXPECT_EQ(type("\r"), Event::too_long);
}

}  // namespace
}  // namespace heap44::test
