// SPDX-License-Identifier: MIT
// A line editor at a terminal of one row: what it shows is always what the line is.
#pragma once

#include <cstdint>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

#include "shell/input/line_editor.hpp"

namespace heap44::test {

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
    using Event = shell::LineEditor::Event;

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

inline constexpr std::string_view left = "\x1b[D";
inline constexpr std::string_view right = "\x1b[C";
inline constexpr std::string_view up = "\x1b[A";
inline constexpr std::string_view down = "\x1b[B";

}  // namespace heap44::test
