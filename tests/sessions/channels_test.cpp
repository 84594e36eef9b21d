// SPDX-License-Identifier: MIT
// An answer is made once and told to many: two channels hear what each would hear alone, and in the
// heap each command has run once.
#include <algorithm>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "listener.hpp"
#include "shell/answer/command.hpp"

namespace heap44::test {
namespace {

/// Every command of the table, in each of its courses, with what comes up meanwhile.
const std::vector<std::string> lines{
    "help; help alloc; version; uptime; log; history; echo a \"b\"; ansi; json; live; nosuch",
    "alloc 100 name=first; alloc 20 count=3; zalloc 8; realloc first 200; free #2; alloc 1G",
    "heapmap; freelist; blocks; block first; stats; check; mark; leaks; leaks",
    "showcase; boxtest; vectest 9; rctest; strtest; listtest; dequetest; heaptest; maptest; "
    "settest",
    "manyboxes 20 keep=on; leaks; vectest 1000000",
    "peek first 40; poke first 11; poke 0x444444440000 aa; fill first 7f; where 0x444444440010",
    "read first; read first+4 4; read #99; read 0x444444440000+8 8; read first+200; read 0x0",
    "watch 0x444444440000; poke 0x444444440000 bb; watch; walk 0x1000; memmap; frames",
    "free first; poke 0x444444440020 66 --force; check; alloc 40; peek 0x444444440000 64",
    "why 64; why 64 align=64; ops +10,+20,-0; ops +1G,-0; ops -1",
    "repeat 3 alloc 8; repeat 2 ops +8,-0; time free odd; repeat 1 repeat 1 repeat 1 repeat 1 echo "
    "deep",
    "compare \"alloc 64 count=3; free odd; nosuch\" --force; compare \"ops +8\" by=policy --force",
    "compare \"repeat 2 alloc 8; repeat 1 free #99\" --force; bench bump buddy --force",
    "random 200 seed=3; stress 300 --force; random 50; undo; diff; redo; snapshot s; free all",
    "diff s; diff; restore s; diff s; undo 2; undo 1000; redo 1",
    "trace on; alloc 5; free all; trace show; trace off; replay --force; replay --module",
    "allocator; allocator tlsf --force; heapmap; allocator buddy --force; alloc 9; heapmap",
    "policy; allocator linked-list --force; policy fit=best; policy; asan; poison; failafter 2",
    "alloc 8; alloc 8; alloc 8; failafter off; backtrace",
    "fault; fault trip; lastfault; bug; bug leak; bug overflow; bug double-free; bug corrupt-list",
    "check; repair; bug deadlock; lastfault; reset; heapmap; \"not closed",
    "allocator guard-page; alloc 64; heapmap; free all; reboot; poweroff; poweroff 3"};

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos;
         begin = end + 1) {
        parts.push_back(text.substr(begin, end - begin));
    }
    EXPECT_EQ(begin, text.size()) << "a line is not ended";
    return parts;
}

TEST(ChannelsTest, EveryCommandIsTried) {
    for (const shell::Command& command : shell::all_commands()) {
        const bool is_there = std::ranges::any_of(lines, [&](const std::string& line) {
            const std::string text = "; " + line + ";";
            const std::string name(command.name);
            return text.contains("; " + name + ";") || text.contains("; " + name + " ");
        });
        EXPECT_TRUE(is_there) << command.name;
    }
}

TEST(ChannelsTest, TwoHearWhatEachHearsAlone) {
    const Outcome text = listen({Form::text}, lines);
    const Outcome json = listen({Form::json}, lines);
    const Outcome both = listen({Form::text, Form::json}, lines);
    const Outcome turned = listen({Form::json, Form::text, Form::json}, lines);
    for (std::size_t index = 0; index < lines.size(); ++index) {
        EXPECT_EQ(both.heard[index][0], text.heard[index][0]) << lines[index];
        EXPECT_EQ(both.heard[index][1], json.heard[index][0]) << lines[index];
        EXPECT_EQ(turned.heard[index][0], json.heard[index][0]) << lines[index];
        EXPECT_EQ(turned.heard[index][1], text.heard[index][0]) << lines[index];
        EXPECT_EQ(turned.heard[index][2], json.heard[index][0]) << lines[index];
    }
    EXPECT_TRUE(both.heap == text.heap) << "a command has run more than once";
    EXPECT_TRUE(json.heap == text.heap) << "a form has changed what a command does";
    EXPECT_TRUE(turned.heap == text.heap) << "an order has changed what a command does";
    EXPECT_FALSE(text.heap.empty());
}

TEST(ChannelsTest, EveryLineOfJsonIsAnObjectWithItsNumber) {
    const Outcome json = listen({Form::json}, lines);
    std::uint64_t number = 0;
    for (const std::string& line : split(json.all(0))) {
        const auto answer = nlohmann::json::parse(line, nullptr, false);
        ASSERT_TRUE(answer.is_object()) << line;
        EXPECT_EQ(answer["seq"], ++number);
        EXPECT_TRUE(answer["ok"].is_boolean()) << line;
        EXPECT_EQ(answer["ok"] == false, answer.contains("error")) << line;
    }
    EXPECT_GT(number, 100U);
}

TEST(ChannelsTest, AMachineThatDoesNotEndIsAnErrorBehindWholeLines) {
    const Outcome told = listen({Form::json, Form::text}, {"repeat 3 poweroff", "reboot",
                                                           "repeat 2 \"poweroff 3\"", "alloc 8"});
    for (std::size_t index = 0; index < 3; ++index) {
        const auto said = split(told.heard[index][0]);
        ASSERT_EQ(said.size(), 2U) << told.heard[index][0];
        const auto ended = nlohmann::json::parse(said[0]);
        EXPECT_EQ(ended["ok"], true);
        if (ended.contains("results")) EXPECT_EQ(ended["results"].size(), 1U) << said[0];
        const auto error = nlohmann::json::parse(said[1]);
        EXPECT_EQ(error["error"]["code"], "not-supported");
        EXPECT_EQ(error["error"]["message"], "the machine did not obey");
        EXPECT_TRUE(told.heard[index][1].ends_with("the machine did not obey\n"));
    }
    EXPECT_TRUE(told.heard[3][0].contains("\"id\":1")) << told.heard[3][0];
}

TEST(ChannelsTest, NoticesAreToldToEveryChannelOnce) {
    const Outcome told =
        listen({Form::text, Form::json, Form::text},
               {"alloc 16; alloc 64; free #2", "poke 0x444444440030 66 --force", "alloc 64",
                "watch 0x444444440000; poke 0x444444440000 01", "alloc 8"});
    const auto& damaged = told.heard[2];
    EXPECT_TRUE(damaged[0].contains("use-after-free: 1 byte at 0x444444440030")) << damaged[0];
    EXPECT_EQ(damaged[0], damaged[2]);
    EXPECT_TRUE(damaged[1].contains(R"("damage":[{"code":"use-after-free")")) << damaged[1];
    const auto& watched = told.heard[3];
    EXPECT_TRUE(watched[0].contains("watched: it was written to")) << watched[0];
    EXPECT_EQ(watched[0], watched[2]);
    EXPECT_TRUE(watched[1].contains(R"("watched":[{"code":"watched")")) << watched[1];
    for (const std::string& later : told.heard[4]) {
        EXPECT_FALSE(later.contains("written")) << later;
    }
}

TEST(ChannelsTest, AComparisonInTextRunsWhatItsCommandsRun) {
    const Outcome told = listen({Form::text}, {"compare \"repeat 3 alloc 64; ops +64,+64,-0\""});
    EXPECT_TRUE(told.all(0).contains("[#######[#######[#######........[#######...."))
        << told.all(0);
}

// A script's lines are its own, whatever the scripts within it have come to.
TEST(ChannelsTest, AScriptTellsItsLines) {
    const std::string text = listen({Form::text}, {"replay --module"}).all(0);
    std::size_t unknown = 0;
    for (const std::string& line : split(text)) {
        if (!line.contains("unknown-command")) continue;
        ++unknown;
        EXPECT_TRUE(line.starts_with("line 3: unknown-command")) << line;
    }
    EXPECT_EQ(unknown, 3U) << text;
}

TEST(ChannelsTest, BenchMeasuresTheRegionWhateverTheHeapIs) {
    const Outcome told =
        listen({Form::json}, {"bench bump", "allocator guard-page", "bench bump --force"});
    EXPECT_EQ(told.heard[2][0].substr(told.heard[2][0].find("results")),
              told.heard[0][0].substr(told.heard[0][0].find("results")));
}

/// Ctrl-C, typed when the answer to `blocks` is about to be shown.
class InterruptAtBlocks final : public shell::Channel {
public:
    explicit InterruptAtBlocks(QuietTerminal& terminal) : terminal_(terminal) {}
    void begin(const shell::Opening&) override {}
    void part(const shell::Part&) override {}
    bool end(const shell::Answer& answer) override {
        if (answer.command == "blocks") terminal_.interrupt();
        return true;
    }

private:
    QuietTerminal& terminal_;
};

TEST(ChannelsTest, CtrlCCutsTheListingsOfAllAndTheRepeatAroundThem) {
    const Outcome told =
        listen({Form::text, Form::json, Form::text}, {"repeat 3 blocks"}, [](Listened& session) {
            session.interpreter.run_line("alloc 8 count=50");
            static InterruptAtBlocks typist(session.terminal);
            session.interpreter.add_channel(typist);
        });
    EXPECT_EQ(told.heard[0][0],
              "stopped by Ctrl-C; 50 more blocks\n50 live blocks, 800 bytes taken\n"
              "interrupted: stopped by Ctrl-C after 1 of 3 runs\n");
    EXPECT_EQ(told.heard[0][2], told.heard[0][0]);
    const auto answer = nlohmann::json::parse(told.heard[0][1]);
    EXPECT_EQ(answer["results"][0]["blocks"].size(), 50U) << "JSON is never cut";
    EXPECT_EQ(answer["runs"], 1);
    EXPECT_EQ(answer["error"]["code"], "interrupted");
    EXPECT_EQ(told.interrupts_served, 1);
}

}  // namespace
}  // namespace heap44::test
