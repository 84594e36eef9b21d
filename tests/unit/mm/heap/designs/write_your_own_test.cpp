// SPDX-License-Identifier: MIT
// The allocator of docs/write-your-own-allocator.md compiles, and passes what every design passes.
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <string_view>

#include "byte_map.hpp"
#include "support/conformance.hpp"
#include "support/offsets.hpp"

namespace heap44::test {

namespace {

// A design that keeps the promises that most keep needs no more than this line.
INSTANTIATE_TEST_SUITE_P(WriteYourOwn, Conformance,
                         testing::Values(make_kind<mm::ByteMap>("byte-map", Promises{})),
                         test_name);

TEST(WriteYourOwn, ExampleDoesWhatItsPageSays) {
    Offsets<mm::ByteMap> heap(1024);
    EXPECT_EQ(heap.allocate(20), 0U);
    EXPECT_EQ(heap.allocate(16), 32U);
    EXPECT_EQ(heap.allocate(16, 64), 64U);
    heap.deallocate(0, 20);
    EXPECT_EQ(heap.holes(), (Holes{{0, 32}, {48, 16}, {80, 944}}));
    EXPECT_EQ(heap.allocate(16), 0U);
}

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    EXPECT_TRUE(file) << path << ": run the tests where the project's Makefile is";
    return {std::istreambuf_iterator<char>(file), {}};
}

// What readers are told to type is the code that the tests above compiled.
TEST(WriteYourOwn, PageShowsTheCodeThatIsTested) {
    const std::string code = text_of("tests/unit/byte_map.hpp");
    const std::string page = text_of("docs/write-your-own-allocator.md");
    constexpr std::string_view opening = "```cpp\n";
    int listings = 0;
    for (std::size_t at = page.find(opening); at != std::string::npos; ++listings) {
        const std::size_t begin = at + opening.size();
        const std::size_t end = page.find("```", begin);
        ASSERT_NE(end, std::string::npos) << "a listing without an end";
        const std::string listing = page.substr(begin, end - begin);
        EXPECT_NE(code.find(listing), std::string::npos) << "not in byte_map.hpp:\n" << listing;
        at = page.find(opening, end);
    }
    EXPECT_GE(listings, 5);
}

}  // namespace

}  // namespace heap44::test
