// SPDX-License-Identifier: MIT
// What is stopped in the middle of writing can be closed: the line is JSON, with what was told.
#include "shell/render/json/json_writer.hpp"

#include <gtest/gtest.h>
#include <string>

#include "paper.hpp"

namespace heap44::test {
namespace {

using shell::JsonWriter;

struct Stop {};

/// What is left on paper where `write(JsonWriter&)` stops within two objects, and the outer one is
/// then closed, with a member more.
std::string closed(auto&& write) {
    Paper paper;
    JsonWriter json(paper);
    json.begin_object();
    const std::size_t depth = json.depth();
    try {
        json.object("inner", [&] { write(json); });
    } catch (const Stop&) {
        json.close_down_to(depth);
    }
    json.member("ok", false);
    json.end_object();
    return paper.written;
}

TEST(JsonWriterTest, ClosesWhatIsOpen) {
    EXPECT_EQ(closed([](JsonWriter& json) {
                  json.begin_array("list");
                  json.element(1);
                  throw Stop{};
              }),
              R"({"inner":{"list":[1]},"ok":false})");
    EXPECT_EQ(closed([](JsonWriter&) { throw Stop{}; }), R"({"inner":{},"ok":false})");
    EXPECT_EQ(closed([](JsonWriter& json) { json.member("a", 1); }),
              R"({"inner":{"a":1},"ok":false})");
}

TEST(JsonWriterTest, ATextEndsWhereItWasStopped) {
    EXPECT_EQ(closed([](JsonWriter& json) {
                  json.text_in_pieces("bytes", [](Output& pieces) {
                      pieces.write("00ff");
                      throw Stop{};
                  });
              }),
              R"({"inner":{"bytes":"00ff"},"ok":false})");
}

TEST(JsonWriterTest, LinesOfTheirOwnHaveNoCommaBetweenThem) {
    Paper paper;
    JsonWriter json(paper);
    for (int line = 0; line < 2; ++line) {
        json.object([] {});
        paper.write("\n");
    }
    EXPECT_EQ(paper.written, "{}\n{}\n");
}

}  // namespace
}  // namespace heap44::test
