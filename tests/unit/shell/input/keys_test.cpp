// SPDX-License-Identifier: MIT
// What bytes mean: which of them are keys, and which leave nothing in the line.
#include "shell/input/keys.hpp"

#include <string>

#include "line_editor_fixture.hpp"

namespace heap44::test {
namespace {

TEST_F(LineEditorTest, CrLfEndsOneLine) {
    EXPECT_EQ(type("a\r"), Event::line);
    editor_.start();
    EXPECT_EQ(type("\n"), Event::none);
    EXPECT_EQ(type("\n"), Event::line);
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

}  // namespace
}  // namespace heap44::test
