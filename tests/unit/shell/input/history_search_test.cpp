// SPDX-License-Identifier: MIT
// Ctrl-R: what it finds, what it says when it finds nothing, and what becomes of the line.
#include "shell/input/history_search.hpp"

#include <string>

#include "line_editor_fixture.hpp"

namespace heap44::test {
namespace {

constexpr std::string_view search = "\x12";
constexpr std::string_view cancel = "\x07";
constexpr std::string_view backspace = "\x7f";

class HistorySearchTest : public LineEditorTest {
protected:
    HistorySearchTest() {
        for (const std::string_view line : {"alloc 64", "freelist", "alloc 128"}) {
            history_.add(line);
        }
    }
    void expect_row(std::string_view row) {
        EXPECT_EQ(terminal_.row(), std::string("heap44> ").append(row));
    }
};

TEST_F(HistorySearchTest, FindsTheNewestLineAndThenOlderOnes) {
    type(search);
    expect_row("(search '')");
    type("alloc");
    expect_row("(search 'alloc') alloc 128");
    type(search);
    expect_row("(search 'alloc') alloc 64");
    EXPECT_EQ(terminal_.bells, 0);
    type(right);
    expect_line("alloc 64");
    type("x\r");
    EXPECT_EQ(editor_.line(), "alloc 64x");
}

TEST_F(HistorySearchTest, SaysThatNothingMatches) {
    type("own");
    type(search);
    type("zz");
    expect_row("(failed search 'zz') own");
    EXPECT_EQ(terminal_.bells, 2) << "one for each character that finds nothing";
    type(right);
    expect_line("own");
}

TEST_F(HistorySearchTest, KeepsTheLineFoundLastAndMarksIt) {
    type(search);
    type("all");
    type("z");
    expect_row("(failed search 'allz') alloc 128");
    type(backspace);
    expect_row("(search 'all') alloc 128");
    type(search);
    type(search);
    expect_row("(failed search 'all') alloc 64");
    EXPECT_EQ(type("\r"), Event::line);
    EXPECT_EQ(editor_.line(), "alloc 64");
}

TEST_F(HistorySearchTest, CtrlGBringsTheLineBackAsItWas) {
    type("free #1");
    type(left);
    type(search);
    type("alloc");
    type(cancel);
    expect_line("free #1");
    EXPECT_EQ(terminal_.cursor(), std::string_view("heap44> free #").size());
    type("2");
    expect_line("free #21");
    EXPECT_EQ(terminal_.bells, 0);
}

TEST_F(HistorySearchTest, CtrlGLeavesASearchThatFailed) {
    type(up);
    type("0");
    type(search);
    type("zz");
    type(cancel);
    expect_line("alloc 1280");
    type(up);
    expect_line("freelist");
}

TEST_F(HistorySearchTest, CtrlGOutsideOfASearchRings) {
    type("al");
    type(cancel);
    expect_line("al");
    EXPECT_EQ(terminal_.bells, 1);
}

TEST_F(HistorySearchTest, AnEmptyPatternFindsNothing) {
    type("own");
    type(search);
    type("f");
    expect_row("(search 'f') freelist");
    type(backspace);
    expect_row("(search '') own");
    EXPECT_EQ(terminal_.bells, 0);
    type(backspace);
    expect_row("(search '') own");
    EXPECT_EQ(terminal_.bells, 1);
    type(search);
    expect_row("(search '') alloc 128");
}

TEST_F(HistorySearchTest, APatternHas64BytesAtMost) {
    history_.add(std::string(70, 'x'));
    type(search);
    type(std::string(63, 'x'));
    EXPECT_EQ(terminal_.bells, 0);
    type("ä");
    EXPECT_EQ(terminal_.bells, 1) << "no half of it";
    type("xy");
    EXPECT_EQ(terminal_.bells, 2);
    expect_row("(search '" + std::string(64, 'x') + "') " + std::string(70, 'x'));
}

TEST_F(HistorySearchTest, BytesThatAreNoTextRingAndChangeNothing) {
    type(search);
    type("free\xff\x1b[[A");
    expect_row("(search 'free') freelist");
    EXPECT_EQ(terminal_.bells, 1);
    type("\x1b\x1b");
    expect_line("freelist");
}

TEST_F(HistorySearchTest, FindsNothingInAnEmptyHistory) {
    shell::History empty;
    shell::LineEditor editor(terminal_, empty, animals_);
    for (const char byte : std::string_view("\x12"
                                            "a")) {
        editor.feed({static_cast<std::uint8_t>(byte), false});
    }
    EXPECT_EQ(terminal_.row(), "heap44> (failed search 'a')");
}

}  // namespace
}  // namespace heap44::test
