// SPDX-License-Identifier: MIT
// Keys edit the line; the terminal shows it.
#include "shell/input/line_editor.hpp"

#include <array>
#include <random>
#include <string>

#include "line_editor_fixture.hpp"

namespace heap44::test {
namespace {

TEST_F(LineEditorTest, ShowsWhatIsTypedAndEndsTheLine) {
    EXPECT_EQ(type("alloc 64"), Event::none);
    expect_line("alloc 64");
    EXPECT_EQ(type("\r"), Event::line);
    EXPECT_EQ(editor_.line(), "alloc 64");
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

/// 150 words of 7 letters, and a way to see all that is written.
class CandidateListTest : public testing::Test {
protected:
    class Words final : public shell::Completer {
    public:
        std::size_t complete(std::string_view, shell::Visitor<std::string_view>& visitor) override {
            for (int number = 100; number < 250; ++number) {
                if (!visitor.visit("word" + std::to_string(number))) break;
            }
            return 0;
        }
    };
    class Paper final : public Output {
    public:
        void write(std::string_view added) override { text += added; }
        std::string text;
    };

    Paper paper_;
    shell::History history_;
    Words words_;
    shell::LineEditor editor_{paper_, history_, words_};
};

TEST_F(CandidateListTest, ListsAHundredAtMostInRowsOf80Columns) {
    std::string expected = "\n";
    for (int number = 100; number < 200; ++number) {
        // Nine words of 7 letters and eight times two spaces are 79 columns.
        if (number > 100) expected += (number - 100) % 9 == 0 ? "\n" : "  ";
        expected += "word" + std::to_string(number);
    }
    editor_.start();
    for (const std::uint8_t key : std::to_array<std::uint8_t>({'w', '\t', '\t', '\t'})) {
        editor_.feed({key, false});
    }
    EXPECT_EQ(editor_.line(), "word");
    EXPECT_NE(paper_.text.find(expected + "\nheap44> word"), std::string::npos) << paper_.text;
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
                if (kind == 1) byte = std::uint8_t("\x1b[ABCDOM~;35\x12\x07\t\x7f"[byte % 16]);
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
