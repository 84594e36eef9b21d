// SPDX-License-Identifier: MIT
// The line editor against a terminal of one row: what it shows is always what the line is.
#include "shell/input/line_editor.hpp"

#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

namespace heap44::test {
namespace {

using Event = shell::LineEditor::Event;

/// A terminal that knows no more than printable characters, backspace, CR and LF.
class PlainTerminal final : public Output {
public:
    void write(std::string_view text) override {
        for (const char byte : text) put(byte);
    }
    [[nodiscard]] std::string row() const {
        std::string text;
        for (const std::string& cell : cells_) text += cell;
        return text.substr(0, text.find_last_not_of(' ') + 1);
    }
    [[nodiscard]] std::size_t cursor() const { return cursor_; }
    int bells = 0;

private:
    void put(char byte) {
        if (byte == '\a') {
            ++bells;
        } else if (byte == '\b') {
            ASSERT_GT(cursor_, 0U) << "backspace beyond the start of the row";
            --cursor_;
        } else if (byte == '\n') {
            cells_.clear();
            cursor_ = 0;
        } else if ((byte & '\xc0') == '\x80') {
            cells_[cursor_ - 1] += byte;
        } else {
            ASSERT_GE(static_cast<unsigned char>(byte), 0x20) << "a control byte is shown";
            if (cursor_ == cells_.size()) cells_.emplace_back();
            cells_[cursor_++] = byte;
        }
    }
    std::vector<std::string> cells_;
    std::size_t cursor_ = 0;
};

class Animals final : public shell::Completer {
public:
    std::size_t complete(std::string_view text,
                         shell::Visitor<std::string_view>& visitor) override {
        const std::size_t start = text.rfind(' ') + 1;
        for (const std::string_view each : {"cat", "camel", "dog="}) {
            if (each.starts_with(text.substr(start))) visitor.visit(each);
        }
        return start;
    }
};

class LineEditorTest : public testing::Test {
protected:
    LineEditorTest() { editor_.start(); }

    Event type(std::string_view bytes) {
        Event last = Event::none;
        for (const char byte : bytes) last = editor_.feed({static_cast<std::uint8_t>(byte), false});
        return last;
    }
    void expect_line(std::string_view line) {
        EXPECT_EQ(editor_.line(), line);
        const std::string row = terminal_.row();
        EXPECT_EQ(row, std::string("heap44> ").append(line).substr(0, row.size()));
    }

    PlainTerminal terminal_;
    shell::History history_;
    Animals animals_;
    shell::LineEditor editor_{terminal_, history_, animals_};
};

constexpr std::string_view left = "\x1b[D";
constexpr std::string_view right = "\x1b[C";
constexpr std::string_view up = "\x1b[A";
constexpr std::string_view down = "\x1b[B";

TEST_F(LineEditorTest, ShowsWhatIsTypedAndEndsTheLine) {
    EXPECT_EQ(type("alloc 64"), Event::none);
    expect_line("alloc 64");
    EXPECT_EQ(type("\r"), Event::line);
    EXPECT_EQ(editor_.line(), "alloc 64");
}

TEST_F(LineEditorTest, CrLfEndsOneLine) {
    EXPECT_EQ(type("a\r"), Event::line);
    editor_.start();
    EXPECT_EQ(type("\n"), Event::none);
    EXPECT_EQ(type("\n"), Event::line);
}

TEST_F(LineEditorTest, EditsInTheMiddle) {
    type("alc 64");
    for (int step = 0; step < 4; ++step) type(left);
    type("lo");
    expect_line(
        "allo"
        "c 64");
    type("\x01X\x05Y");
    expect_line("Xalloc 64Y");
    type("\x7f\x01\x1b[3~");
    expect_line("alloc 64");
    type("\x05\x17");
    expect_line("alloc ");
    type(left);
    type("\x0b");
    expect_line("alloc");
    type("\x15");
    expect_line("");
}

TEST_F(LineEditorTest, CharactersOfSeveralBytesAreOne) {
    type("aä€😀b");
    type("\x7f\x7f");
    expect_line("aä€");
    type(left);
    type(left);
    type("\x1b[3~");
    expect_line("a€");
    EXPECT_EQ(terminal_.cursor(), 8U + 1);
}

TEST_F(LineEditorTest, InvalidBytesRingTheBellAndAreDropped) {
    type(
        "a\xff\xc3(\xed\xa0\x80\xc0\x80\xf5"
        "b\xe2\x82");
    type("c");
    expect_line("a(bc");
    EXPECT_GT(terminal_.bells, 0);
}

/// No byte of them ends up in the line, and the byte behind them does.
TEST_F(LineEditorTest, SequencesThatMeanNothingAreDroppedWhole) {
    history_.add("from the history");
    const std::string long_number(10'000, '7');
    const std::string long_string(10'000, 'x');
    for (const std::string& sequence :
         {std::string("\x1b[1;5C"),             // Ctrl-Right
          std::string("\x1b[38;2;1;2;3m"),      // a colour
          "\x1b[" + long_number + "A",          // longer than any number of ours
          std::string("\x1b[[A"),               // F1 on Linux' console
          std::string("\x1b[[E"),               // F5
          std::string("\x1b[M !!"),             // a mouse, X10
          std::string("\x1b[M\x80\xff\x7f"),    // far right and far down
          std::string("\x1b[M#AB"),             // letters among the three
          std::string("\x1b[<0;12;7M"),         // a mouse, SGR: pressed
          std::string("\x1b[<0;12;7m"),         // released
          std::string("\x1b[32;12;7M"),         // a mouse, urxvt
          std::string("\x1b[I"),                // the terminal has the focus
          std::string("\x1bOP"),                // F1
          std::string("\x1bO2P"),               // Shift-F1, old terminals
          std::string("\x1bO1;2A"),             // Shift-Up
          std::string("\x1bO1;2R"),             // Shift-F3, and no position
          std::string("\x1bOM"),                // Enter of the keypad
          std::string("\x1bO~"),                // nothing, and no Delete
          std::string("\x1b(B"),                // a character set
          std::string("\x1b(0"),                // another
          std::string("\x1b$(B"),               // with two intermediate bytes
          std::string("\x1bx"),                 // Alt-x
          std::string("\x1b\x7f"),              // Alt-Backspace
          std::string("\x1b\x1b[1;5A"),         // ESC, then Ctrl-Up
          std::string("\x1b]0;title\x07"),      // OSC, ended by BEL
          std::string("\x1b]0;title\x1b\\"),    // and by ST
          "\x1b]52;c;" + long_string + "\x07",  // what the clipboard holds
          std::string("\x1bP1$r0m\x1b\\"),      // DCS
          std::string("\x1b_application\x1b\\"),
          std::string("\x1b^privacy\x1b\\"),
          std::string("\x1bXstring\x1b\\")}) {
        type("al");
        EXPECT_EQ(type(sequence), Event::none);
        type("loc");
        expect_line("alloc");
        EXPECT_EQ(terminal_.bells, 0) << sequence.substr(1, 20);
        type("\x15");
    }
}

TEST_F(LineEditorTest, EscBeginsAnewInTheMiddleOfASequence) {
    for (const std::string_view begun :
         {"\x1b[12", "\x1b[", "\x1b[[", "\x1b[M!", "\x1bO", "\x1bO2", "\x1b(", "\x1b]0;title"}) {
        type("ab");
        type(begun);
        type(left);
        type("c");
        expect_line("acb");
        type("\x05\x15");
    }
}

TEST_F(LineEditorTest, TheTerminalsPositionIsNoPartOfTheLine) {
    EXPECT_EQ(type("al\x1b[50;132R"), Event::position);
    EXPECT_EQ(editor_.keys().reported_row(), 50U);
    EXPECT_EQ(editor_.keys().reported_column(), 132U);
    EXPECT_EQ(type("\x1b[99999999999;7R"), Event::position);
    EXPECT_EQ(editor_.keys().reported_row(), 9999U);
    for (const std::string_view other : {"\x1b[R", "\x1b[5R", "\x1b[1;2;3R", "\x1b[?1;2R"}) {
        EXPECT_EQ(type(other), Event::none) << other;
    }
    type("loc");
    expect_line("alloc");
}

TEST_F(LineEditorTest, WhatIsPastedIsText) {
    type("\x1b[200~ca\tb\x1b[201~");
    expect_line("ca b");
}

TEST_F(LineEditorTest, WhatIsPastedPressesNoKeys) {
    history_.add("old");
    type("\x1b[200~a\x1b[A\x1b[D\x1bOD\x1b[3~b\x1b[201~");
    expect_line("ab");
    type(left);
    type("c");
    expect_line("acb");
}

TEST_F(LineEditorTest, WalksThroughTheHistoryAndBack) {
    history_.add("one");
    history_.add("two");
    type("own");
    type(up);
    expect_line("two");
    type(up);
    expect_line("one");
    type(up);
    expect_line("one");
    type(down);
    type(down);
    expect_line("own");
}

TEST_F(LineEditorTest, SearchesTheHistory) {
    history_.add("alloc 64");
    history_.add("freelist");
    history_.add("alloc 128");
    type(
        "\x12"
        "alloc");
    EXPECT_EQ(editor_.line(), "alloc 128");
    type("\x12");
    EXPECT_EQ(editor_.line(), "alloc 64");
    EXPECT_EQ(terminal_.row(), "heap44> (search 'alloc') alloc 64");
    type(right);
    expect_line("alloc 64");
    type("x\r");
    EXPECT_EQ(editor_.line(), "alloc 64x");
}

TEST_F(LineEditorTest, CompletesAndLists) {
    type("d\t");
    expect_line("dog=");
    type(
        "\x15"
        "c\t");
    expect_line("ca");
    type("t\t");
    expect_line("cat ");
    type(
        "\x15"
        "ca\t\t");
    expect_line("ca");
}

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

TEST_F(LineEditorTest, ALineThatLostAByteIsRefused) {
    type("fre");
    editor_.feed({'e', true});
    EXPECT_EQ(type("\r"), Event::damaged);
    editor_.start();
    EXPECT_EQ(type("a\r"), Event::line);
}

TEST_F(LineEditorTest, CtrlCAbandonsWhateverWasBegun) {
    EXPECT_EQ(type("abc\x03"), Event::interrupted);
    editor_.start();
    EXPECT_EQ(type("\x1b[12\x03"), Event::interrupted);
    editor_.start();
    EXPECT_EQ(type("\x12x\x03"), Event::interrupted);
    editor_.start();
    type("a");
    EXPECT_EQ(editor_.line(), "a");
}

TEST_F(LineEditorTest, AfterAnyBytesTheNextLineIsWhole) {
    std::mt19937_64 random(44);
    for (const bool ansi : {false, true}) {
        for (int round = 0; round < 20'000; ++round) {
            // ANSI sequences are beyond the plain terminal: then only the line is looked at.
            editor_.set_echo(!ansi);
            for (std::uint64_t count = random() % 60; count > 0; --count) {
                const std::uint64_t kind = random() % 4;
                std::uint64_t byte = random() % 256;
                if (kind == 0) byte = 'a' + byte % 26;
                if (kind == 1) byte = std::uint8_t("\x1b[ABCD~;35\x12\t\x7f"[byte % 13]);
                const Event event = editor_.feed({static_cast<std::uint8_t>(byte), false});
                if (event == Event::line) history_.add(editor_.line());
                if (event != Event::none) editor_.start();
            }
            type("\x03");
            terminal_.write("\n");
            editor_.start();
            ASSERT_EQ(type("alloc 64"), Event::none);
            ASSERT_EQ(editor_.line(), "alloc 64") << "round " << round;
            if (!ansi) ASSERT_EQ(terminal_.row(), "heap44> alloc 64") << "round " << round;
            type("\x03");
            terminal_.write("\n");
            editor_.start();
        }
    }
}

}  // namespace
}  // namespace heap44::test
