// SPDX-License-Identifier: MIT
// Words, quotes, comments and values.
#include "shell/input/parser.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "shell/answer/options.hpp"
#include "shell/answer/values.hpp"

namespace heap44::test {
namespace {

class ParserTest : public testing::Test {
protected:
    const shell::Arguments& parse(std::string_view text) {
        const auto parsed = parser_->parse(text, *arguments_);
        EXPECT_TRUE(parsed) << text;
        return *arguments_;
    }
    std::unique_ptr<shell::Parser> parser_ = std::make_unique<shell::Parser>();
    std::unique_ptr<shell::Arguments> arguments_ = std::make_unique<shell::Arguments>();
};

std::vector<std::string> commands(std::string_view line) {
    std::vector<std::string> found;
    while (!line.empty()) {
        const shell::CommandText split = shell::split_command(line);
        found.emplace_back(split.text);
        line = split.rest;
    }
    return found;
}

TEST_F(ParserTest, SortsWordsOptionsAndFlags) {
    const auto& arguments = parse("alloc 64 align=16 --json name=a \"x y\"");
    EXPECT_EQ(arguments.command(), "alloc");
    ASSERT_EQ(arguments.size(), 2U);
    EXPECT_EQ(arguments[0], "64");
    EXPECT_EQ(arguments[1], "x y");
    EXPECT_EQ(*arguments.option("align"), "16");
    EXPECT_EQ(*arguments.option("name"), "a");
    EXPECT_EQ(arguments.option("count"), nullptr);
    EXPECT_TRUE(arguments.has_flag("--json"));
}

TEST_F(ParserTest, QuotesHideWhatWouldMeanSomething) {
    const auto& arguments = parse("echo \"a=b\" \"--json\" \"; # \" k=\"v w\" a\"b c\"d");
    ASSERT_EQ(arguments.size(), 4U);
    EXPECT_EQ(arguments[0], "a=b");
    EXPECT_EQ(arguments[1], "--json");
    EXPECT_EQ(arguments[2], "; # ");
    EXPECT_EQ(arguments[3], "ab cd");
    EXPECT_EQ(*arguments.option("k"), "v w");
    EXPECT_TRUE(arguments.flags().empty());
}

TEST_F(ParserTest, OnlyANameIsAnOptionOrAFlag) {
    const std::vector<std::string> words = {"+10,=0:20", "#1=2", "=5", "--5", "--", "ä=1"};
    std::string text = "ops";
    for (const std::string& word : words) text += " " + word;
    const auto& arguments = parse(text + " fit-2=best=1 --a=b --json");
    ASSERT_EQ(arguments.size(), words.size());
    for (std::size_t index = 0; index < words.size(); ++index) {
        EXPECT_EQ(arguments[index], words[index]);
    }
    ASSERT_EQ(arguments.options().size(), 1U);
    EXPECT_EQ(*arguments.option("fit-2"), "best=1");
    EXPECT_EQ(arguments.flags().size(), 2U);
    EXPECT_TRUE(arguments.has_flag("--a=b"));
}

TEST_F(ParserTest, AnUnclosedQuoteIsAnError) {
    EXPECT_FALSE(parser_->parse("echo \"abc", *arguments_));
    EXPECT_FALSE(shell::quotes_are_closed("a \"b; c"));
    EXPECT_TRUE(shell::quotes_are_closed("a \"b\" # \""));
}

TEST_F(ParserTest, CutsLinesIntoCommands) {
    using Texts = std::vector<std::string>;
    EXPECT_EQ(commands("a 1; b \"x;y\" ;c"), (Texts{"a 1", "b \"x;y\"", "c"}));
    EXPECT_EQ(commands("a # b; c"), (Texts{"a"}));
    EXPECT_EQ(commands("free #1; free #2 #"), (Texts{"free #1", "free #2"}));
    EXPECT_EQ(commands(";;"), (Texts{"", ""}));
}

TEST_F(ParserTest, HandsOnTheTextOfAnInnerCommand) {
    EXPECT_EQ(parse("repeat 3 alloc 64 align=16").text_from(2), "alloc 64 align=16");
    EXPECT_EQ(parse("repeat 3 \"alloc 1; free #1\" --json").text_from(2), "alloc 1; free #1");
    EXPECT_EQ(parse("--json time heapmap").text_from(1), "heapmap");
    EXPECT_EQ(parse("time").text_from(1), "");
    EXPECT_EQ(parse("echo a --json").text_from(1), "a");
    EXPECT_EQ(parse("echo \"--json\"").text_from(1), "--json") << "in quotes it is no flag";
    EXPECT_EQ(parse("echo \"a --json\"").text_from(1), "a --json");
}

TEST_F(ParserTest, FindsAFlagAnywhereOutsideQuotes) {
    EXPECT_TRUE(shell::line_has_flag("stats; check --json", "--json"));
    EXPECT_TRUE(shell::line_has_flag("--json stats", "--json"));
    EXPECT_TRUE(shell::line_has_flag("stats --json;check", "--json"));
    EXPECT_TRUE(shell::line_has_flag("stats;--json check", "--json"));
    EXPECT_TRUE(shell::line_has_flag("a--json --json", "--json"));
    EXPECT_FALSE(shell::line_has_flag("echo \" --json \"", "--json"));
    EXPECT_FALSE(shell::line_has_flag("echo --jsonx x--json # --json", "--json"));
}

TEST_F(ParserTest, ATextStandsWithoutTheLinesOwnFlag) {
    EXPECT_EQ(shell::without_json_flag("--json"), "");
    EXPECT_EQ(shell::without_json_flag("alloc 64 --json"), "alloc 64");
    EXPECT_EQ(shell::without_json_flag("--json alloc 64"), "alloc 64");
    EXPECT_EQ(shell::without_json_flag("--json alloc 64 --json"), "alloc 64");
    EXPECT_EQ(shell::without_json_flag("alloc --json 64"), "alloc --json 64");
    EXPECT_EQ(shell::without_json_flag("--jsonx x--json"), "--jsonx x--json");
}

TEST_F(ParserTest, ThereIsRoomForSoManyWordsOfEachKind) {
    const auto words = [](std::string_view word, std::size_t count) {
        std::string text = "echo";
        for (std::size_t index = 0; index < count; ++index) text.append(" ").append(word);
        return text;
    };
    for (const auto& [word, most] :
         {std::pair<std::string_view, std::size_t>{"--a", 16}, {"a=b", 16}, {"a", 512}}) {
        EXPECT_TRUE(parser_->parse(words(word, most), *arguments_)) << word;
        const auto refused = parser_->parse(words(word, most + 1), *arguments_);
        ASSERT_FALSE(refused) << word;
        EXPECT_EQ(refused.error().view(), "too many arguments at '" + std::string(word) + "'");
    }
    EXPECT_EQ(arguments_->positional().size(), 512U);
    EXPECT_EQ((*arguments_)[511], "a");
    EXPECT_EQ((*arguments_)[512], "") << "there is no such word";
}

TEST_F(ParserTest, AnyTextIsParsedOrRefused) {
    std::mt19937_64 random(44);
    constexpr std::string_view alphabet = "a1=-\"; #\t\\{}\xc3\xa4";
    for (int round = 0; round < 50'000; ++round) {
        std::string text;
        for (std::uint64_t size = random() % 40; size > 0; --size) {
            text += alphabet[random() % alphabet.size()];
        }
        for (const std::string& command : commands(text)) {
            (void)parser_->parse(command, *arguments_);
            for (std::size_t index = 0; index < 4; ++index) (void)arguments_->text_from(index);
        }
        (void)shell::line_has_flag(text, "--json");
    }
    const std::string longest(shell::max_line, 'x');
    EXPECT_EQ(parse(longest).command().size(), shell::max_line);
}

TEST(ValuesTest, SizesAreDecimalOrHexWithUnits) {
    const std::vector<std::pair<std::string, std::uint64_t>> good{
        {"0", 0},
        {"64", 64},
        {"0x40", 64},
        {"4K", 4096},
        {"4KiB", 4096},
        {"1M", 1 << 20},
        {"0x1K", 1024},
        {"1GiB", 1 << 30},
        {"18446744073709551615", ~std::uint64_t{0}},
        {"0xffffffffffffffff", ~std::uint64_t{0}}};
    for (const auto& [text, value] : good) {
        const auto parsed = shell::parse_size("size", text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(*parsed, value) << text;
    }
    for (const std::string text :
         {"", "-1", "+1", "1.5", "4k", "4KB", "0x", "x", "1 ", "0b1", "64x", "18446744073709551616",
          "18446744073709551615K", "99999999999999999999999999999999"}) {
        EXPECT_FALSE(shell::parse_size("size", text)) << text;
    }
}

TEST(ValuesTest, AddressesAreHexWithUnderscores) {
    EXPECT_EQ(shell::parse_address("0x4444_4444_0000")->value, 0x444444440000U);
    EXPECT_EQ(shell::parse_address("0xFFFF_FFFF_FFFF_FFFF")->value, ~std::uint64_t{0});
    EXPECT_EQ(shell::parse_address("0x000000000000000000001")->value, 1U);
    EXPECT_EQ(shell::parse_address("here").error().message.view(),
              "'here' is no address like 0x444444440000");
    for (const std::string text : {"", "0x", "4444", "0x_", "0x1_", "0xg", "0x1ffffffffffffffff"}) {
        EXPECT_FALSE(shell::parse_address(text)) << text;
    }
}

TEST(ValuesTest, NamesFollowTheirRule) {
    for (const std::string name : {"a", "_", "a-b_9", "abcdefghijklmnopqrstuvwxyzABCDE"}) {
        EXPECT_TRUE(shell::parse_name(name)) << name;
    }
    for (const std::string name : {"", "9a", "-a", "a b", "ä", "all", "odd", "even", "a.b",
                                   "abcdefghijklmnopqrstuvwxyzABCDEF"}) {
        EXPECT_FALSE(shell::parse_name(name)) << name;
    }
}

TEST(OptionsTest, LaterOnesWinAndBadOnesAreNamed) {
    auto options = std::make_unique<shell::Options>();
    shell::parse_options(
        "root=/dev/sda heap44.size=8K heap44.ansi=on heap44.run=\"alloc 1; free #1\"", *options);
    shell::parse_options("heap44.size=16K heap44.nonesuch=1 heap44.panic=never heap44.json",
                         *options);
    EXPECT_EQ(options->heap_size, 16384U);
    EXPECT_TRUE(options->ansi);
    EXPECT_EQ(options->run.view(), "alloc 1; free #1");
    ASSERT_EQ(options->complaint_count, 3U);
    EXPECT_EQ(options->complaints[0].view(),
              "option 'heap44.nonesuch=1' is ignored: there is no such option");
}

TEST(OptionsTest, SizesAreRoundedUpToPagesWithinTheirRange) {
    auto options = std::make_unique<shell::Options>();
    shell::parse_options("heap44.size=5000", *options);
    EXPECT_EQ(options->heap_size, 8192U);
    for (const std::string text : {"4095", "17M", "0", "x", ""}) {
        shell::parse_options("heap44.size=" + text, *options);
    }
    EXPECT_EQ(options->heap_size, 8192U);
    EXPECT_EQ(options->complaint_count, 5U);
}

/// What `heap44.run` becomes on this command line.
std::string run_of(std::string_view command_line) {
    auto options = std::make_unique<shell::Options>();
    shell::parse_options(command_line, *options);
    EXPECT_EQ(options->complaint_count, 0U) << command_line;
    return std::string(options->run.view());
}

TEST(OptionsTest, QuotesHoldAWordTogetherWhereverTheyStand) {
    EXPECT_EQ(run_of(R"(heap44.run="alloc 1; free #1" x)"), "alloc 1; free #1");
    EXPECT_EQ(run_of(R"("heap44.run=alloc 1; free #1" x)"), "alloc 1; free #1");
    EXPECT_EQ(run_of(R"(heap44.run=echo" a "b" c" x)"), "echo a b c");
    EXPECT_EQ(run_of(R"(heap44.run="" x)"), "");
}

TEST(OptionsTest, ABackslashMakesQuotesAndItselfOrdinary) {
    EXPECT_EQ(run_of(R"(heap44.run="compare \"alloc 64\" by=policy")"),
              R"(compare "alloc 64" by=policy)");
    // As GRUB hands it on.
    EXPECT_EQ(run_of(R"("heap44.run=echo \"a b\" don\'t \\n")"), R"(echo "a b" don't \n)");
    EXPECT_EQ(run_of(R"(heap44.run=a\"b\\c)"), R"(a"b\c)");
    EXPECT_EQ(run_of(R"x(heap44.run="a\n\\\"\"")x"), R"x(a\n\"")x");
}

TEST(OptionsTest, AQuoteThatIsNotClosedIsNamedAndNothingOfItObeyed) {
    for (const std::string_view line :
         {R"(heap44.size=8K heap44.run="alloc 64; alloc 32)", R"(heap44.size=8K "heap44.ansi=on)",
          R"(heap44.size=8K heap44.run=compare\"" heap44.ansi=on)",
          R"(heap44.size=8K title="Heap heap44.ansi=on)"}) {
        auto options = std::make_unique<shell::Options>();
        shell::parse_options(line, *options);
        EXPECT_EQ(options->heap_size, 8192U);
        EXPECT_TRUE(options->run.empty()) << line;
        EXPECT_FALSE(options->ansi) << line;
        ASSERT_EQ(options->complaint_count, 1U) << line;
        EXPECT_TRUE(options->complaints[0].view().ends_with("is ignored: its quote is not closed"))
            << options->complaints[0].view();
    }
}

TEST(OptionsTest, AnArgumentOfAProgramIsOneOption) {
    auto named = std::make_unique<shell::Options>();
    shell::parse_argument(R"(heap44.run=alloc 64 name="a")", *named);
    EXPECT_EQ(named->run.view(), R"(alloc 64 name="a")");
    for (const std::string_view word :
         {R"(heap44.run=compare "alloc 64")", R"(heap44.run="compare \"alloc 64\"")",
          R"("heap44.run=compare \"alloc 64\"")"}) {
        auto options = std::make_unique<shell::Options>();
        shell::parse_argument(word, *options);
        EXPECT_EQ(options->run.view(), R"(compare "alloc 64")");
        EXPECT_EQ(options->complaint_count, 0U);
    }
}

}  // namespace
}  // namespace heap44::test
