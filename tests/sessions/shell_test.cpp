// SPDX-License-Identifier: MIT
// The shell itself, byte by byte: it never waits, and a fault of its own costs it nothing.
#include "shell/shell.hpp"

#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <string>
#include <utility>

#include "host/heap.hpp"
#include "listener.hpp"

namespace heap44::test {
namespace {

/// Keeps what is sent, and can stop whoever sends.
class FragileTerminal final : public shell::Terminal {
public:
    void write(std::string_view text) override {
        if (times > 0 && text.contains(trigger)) {
            --times;
            shell::Report report;
            report.message = FixedText<256>("the terminal has failed");
            host::guard().stop(report);
        }
        sent += text;
    }
    [[nodiscard]] bool interrupt_requested() const override { return false; }
    void interrupt_served() override {}
    [[nodiscard]] bool last_interrupt_was_served() const override { return false; }

    std::string sent;
    /// So many texts that hold the trigger are not sent.
    void fail(std::string text, int how_often = 1) {
        trigger = std::move(text);
        times = how_often;
    }
    std::string trigger;
    int times = 0;
};

/// A shell at such a terminal. What a test expects of it is checked in a process of its own.
struct Fixture {
    Fixture() { shell.start(); }

    /// What the shell sends while this is typed.
    std::string type(std::string_view text) {
        terminal.sent.clear();
        for (const char each : text) shell.feed({static_cast<std::uint8_t>(each), false});
        return terminal.sent;
    }

    mm::Heap& heap = host::make_heap(default_heap_size);
    RichMachine machine;
    FragileTerminal terminal;
    shell::Options options;
    shell::Shell shell{heap,
                       terminal,
                       host::guard(),
                       machine,
                       options,
                       shell::Conversation::on,
                       &host::make_journal(machine)};
};

/// Ends the process: with 0, or having said what was sent instead.
void expect(bool is_right, const std::string& sent) {
    if (!is_right) {
        std::fprintf(stderr, "sent: %s\n", sent.c_str());
        std::_Exit(1);
    }
}

Fixture& fixture() {
    static Fixture* const made = new Fixture;
    return *made;
}

TEST(ShellDeathTest, TakesAByteAtATime) {
    EXPECT_EXIT(
        {
            std::string sent = fixture().type("echo a");
            expect(sent == "echo a", sent);
            sent = fixture().type("\r");
            expect(sent == "\na\nheap44> ", sent);
            std::_Exit(0);
        },
        testing::ExitedWithCode(0), "");
}

TEST(ShellDeathTest, AFaultOfItsOwnIsAnswered) {
    EXPECT_EXIT(
        {
            fixture().type("alloc 8 name=a\r");
            fixture().terminal.fail("heap44> ");
            std::string sent = fixture().type("echo b\r");
            expect(sent.contains("panic: the terminal has failed"), sent);
            expect(sent.contains("'shell' was abandoned"), sent);
            expect(sent.ends_with("heap44> "), sent);
            sent = fixture().type("history; blocks --json\r");
            expect(sent.contains("\"lines\":[\"alloc 8 name=a\",\"echo b\""), sent);
            std::_Exit(0);
        },
        testing::ExitedWithCode(0), "");
}

// So does one while that is answered: only the answer is lost.
TEST(ShellDeathTest, AFaultWhileAFaultIsAnsweredCostsTheAnswer) {
    EXPECT_EXIT(
        {
            fixture().terminal.fail("x");
            fixture().type("x");
            fixture().terminal.fail("failed");
            std::string sent = fixture().type("\r");
            sent = fixture().type("alloc 8\r");
            expect(sent.contains("#1 at 0x444444440000"), sent);
            std::_Exit(0);
        },
        testing::ExitedWithCode(0), "");
}

TEST(ShellDeathTest, AMapThatCannotBeDrawnIsUnpinned) {
    EXPECT_EXIT(
        {
            fixture().type("ansi on\ralloc 64 count=3\rlive on\r");
            fixture().terminal.fail("a character is", 2);
            std::string sent = fixture().type("echo still here\r");
            expect(sent.contains("still here\n"), sent);
            expect(sent.contains("'shell' was abandoned"), sent);
            sent = fixture().type("live --json; blocks\r");
            expect(sent.contains("\"command\":\"live\",\"on\":false"), sent);
            expect(sent.contains("\"id\":3"), sent);
            std::_Exit(0);
        },
        testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace heap44::test
