// SPDX-License-Identifier: MIT
// A design that faults in the middle of an answer leaves whole lines, and a heap that goes on.
#include <algorithm>
#include <csignal>
#include <functional>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <sys/mman.h>

#include "listener.hpp"

namespace heap44::test {
namespace {

using Json = nlohmann::json;

void* const region = reinterpret_cast<void*>(heap_start.value);

/// What the kernel does with a page fault: the memory is there again, the task is stopped.
void on_fault(int, siginfo_t* info, void*) {
    mprotect(region, default_heap_size, PROT_READ | PROT_WRITE);
    shell::Report report;
    report.code = shell::ErrorCode::page_fault;
    report.message = FixedText<256>("the design has touched what is not there");
    report.address = address_of(info->si_addr).value;
    host::guard().stop(report);
}

/// Takes the heap's memory away once a command has been told of so often: the design's next step,
/// or a renderer's next look, faults for real.
class TakeAway final : public shell::Channel {
public:
    /// From `first` on; `left` of it is what may still be done with it.
    TakeAway(std::string_view command, int count, VirtAddr first, int left)
        : command_(command), left_(count), first_(first), rights_(left) {
        struct sigaction action{};
        action.sa_sigaction = on_fault;
        action.sa_flags = SA_SIGINFO | SA_NODEFER;
        sigaction(SIGSEGV, &action, nullptr);
    }
    void begin(const shell::Opening& opening) override { begun_ = opening.command; }
    void part(const shell::Part&) override {
        if (begun_ == command_) count();
    }
    bool end(const shell::Answer& answer) override {
        if (answer.command == command_ && begun_ != command_) count();
        return true;
    }

private:
    void count() {
        if (--left_ != 0) return;
        mprotect(reinterpret_cast<void*>(first_.value), heap_start + default_heap_size - first_,
                 rights_);
    }

    std::string_view command_;
    std::string_view begun_;
    int left_;
    VirtAddr first_;
    int rights_;
};

/// Prepares a session for that.
std::function<void(Listened&)> take_away(std::string_view command, int count,
                                         VirtAddr first = heap_start, int left = PROT_NONE) {
    return [=](Listened& session) {
        static TakeAway channel(command, count, first, left);
        session.interpreter.add_channel(channel);
    };
}

/// The one line that was heard, as JSON; not an object where it is none.
Json only_line(const std::string& heard) {
    EXPECT_EQ(std::ranges::count(heard, '\n'), 1) << heard;
    EXPECT_TRUE(heard.ends_with('\n')) << heard;
    return Json::parse(heard, nullptr, false);
}

void expect_goes_on(const Outcome& told, std::size_t line) {
    const Json next = only_line(told.heard[line][0]);
    EXPECT_EQ(next["ok"], true) << next;
    EXPECT_EQ(next["seq"], line + 1);
}

TEST(FaultsTest, InTheMiddleOfOps) {
    const Outcome told = listen({Form::json, Form::text},
                                {"ops +16,+32,+48,-0", "alloc 8", "check"}, take_away("ops", 2));
    const Json answer = only_line(told.heard[0][0]);
    ASSERT_TRUE(answer.is_object()) << told.heard[0][0];
    EXPECT_EQ(answer["ok"], false);
    EXPECT_EQ(answer["seq"], 1);
    EXPECT_EQ(answer["error"]["code"], "page-fault");
    EXPECT_EQ(answer["error"]["blocks_left"], 2);
    ASSERT_EQ(answer["operations"].size(), 2U) << "what was done before is told";
    EXPECT_EQ(answer["operations"][0]["block"]["address"], "0x444444440000");
    EXPECT_EQ(answer["operations"][1]["block"]["address"], "0x444444440010");
    EXPECT_TRUE(
        told.heard[0][1].starts_with("     +16  #1 at 0x444444440000\n"
                                     "     +32  #2 at 0x444444440010\n"
                                     "page-fault: the design has touched"))
        << told.heard[0][1];
    expect_goes_on(told, 1);
    EXPECT_EQ(only_line(told.heard[2][0])["consistent"], true);
}

// The inner command is stopped, and the comparison goes on.
TEST(FaultsTest, InACommandOfACompare) {
    const Outcome told =
        listen({Form::json}, {"compare \"alloc 16; alloc 32; alloc 48\"", "alloc 8"},
               take_away("alloc", 2));
    const Json answer = only_line(told.heard[0][0]);
    ASSERT_TRUE(answer.is_object()) << told.heard[0][0];
    EXPECT_EQ(answer["ok"], true);
    const Json& first = answer["results"][0]["results"];
    EXPECT_EQ(first[1]["ok"], true);
    EXPECT_EQ(first[2]["error"]["code"], "page-fault");
    EXPECT_EQ(answer["results"].size(), 7U) << "the other designs had their turn";
    expect_goes_on(told, 1);
}

// What the comparison itself asks the design is its own doing.
TEST(FaultsTest, BetweenTheCommandsOfACompare) {
    const Outcome told =
        listen({Form::json}, {"allocator tlsf", "compare \"alloc 16; alloc 32\"", "allocator"},
               take_away("alloc", 2));
    const Json answer = only_line(told.heard[1][0]);
    ASSERT_TRUE(answer.is_object()) << told.heard[0][0];
    EXPECT_EQ(answer["ok"], false);
    EXPECT_EQ(answer["error"]["code"], "page-fault");
    EXPECT_EQ(answer["results"].size(), 1U) << "what was told before stays";
    EXPECT_EQ(only_line(told.heard[2][0])["allocator"], "tlsf") << "the heap's own design is back";
}

// To see the other state the heap becomes it, page by page: it is not left half-way.
TEST(FaultsTest, InTheMiddleOfDiff) {
    const Outcome told = listen(
        {Form::json}, {"alloc 16 count=600", "free all", "freelist", "diff", "freelist", "check"},
        take_away("diff", 1, heap_start + page_size, PROT_READ));
    const Json answer = only_line(told.heard[3][0]);
    ASSERT_TRUE(answer.is_object()) << told.heard[3][0];
    EXPECT_EQ(answer["ok"], false);
    EXPECT_EQ(answer["error"]["code"], "page-fault");
    EXPECT_GT(answer["removed"].size(), 1U) << "what was told before stays";
    Json before = only_line(told.heard[2][0]);
    Json after = only_line(told.heard[4][0]);
    before.erase("seq");
    after.erase("seq");
    EXPECT_EQ(after, before);
    EXPECT_EQ(only_line(told.heard[5][0])["consistent"], true) << told.heard[5][0];
}

// No command has failed, and yet there is nothing to be told: the answer is an error.
class FaultsWhileDrawn : public testing::TestWithParam<const char*> {};

TEST_P(FaultsWhileDrawn, TheLineIsWhole) {
    const std::string command = GetParam();
    const Outcome told =
        listen({Form::json, Form::text}, {command, "alloc 8"}, take_away(GetParam(), 1));
    const Json answer = only_line(told.heard[0][0]);
    ASSERT_TRUE(answer.is_object()) << told.heard[0][0];
    EXPECT_EQ(answer["ok"], false);
    EXPECT_EQ(answer["command"], command);
    EXPECT_EQ(answer["error"]["code"], "page-fault");
    const std::string& line = told.heard[0][0];
    EXPECT_EQ(line.find("\"ok\""), line.rfind("\"ok\"")) << "no key stands twice";
    expect_goes_on(told, 1);
}

INSTANTIATE_TEST_SUITE_P(Commands, FaultsWhileDrawn,
                         testing::Values("freelist", "heapmap", "stats", "check"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace heap44::test
