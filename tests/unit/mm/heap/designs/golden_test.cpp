// SPDX-License-Identifier: MIT
// The linked list against the addresses that the Rust crate linked_list_allocator returned.
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "mm/heap/designs/linked_list.hpp"
#include "region.hpp"

namespace heap44::test {
namespace {

class Golden : public testing::TestWithParam<std::filesystem::path> {};

std::vector<std::filesystem::path> traces() {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator("tests/golden")) {
        if (entry.path().extension() == ".trace") found.push_back(entry.path());
    }
    std::ranges::sort(found);
    return found;
}

std::string text_of(const std::byte* address) {
    if (address == nullptr) return "null";
    std::ostringstream text;
    text << "0x" << std::hex << reinterpret_cast<std::uint64_t>(address);
    return text.str();
}

TEST_P(Golden, EveryAddressAndTheHolesAtTheEndAreTheCrates) {
    const Region region;
    mm::LinkedList list(region.bytes());
    std::ifstream trace(GetParam());
    std::ifstream expected(std::filesystem::path(GetParam()).replace_extension(".expect"));
    struct Live {
        std::byte* address;
        mm::Layout layout;
    };
    std::map<int, Live> live;
    std::string line;
    std::string wanted;
    for (char operation = 0; trace >> operation;) {
        int id = 0;
        trace >> id;
        if (operation == 'f') {
            list.deallocate(live.at(id).address, live.at(id).layout);
            live.erase(id);
            continue;
        }
        mm::Layout layout{};
        trace >> layout.size >> layout.align;
        std::byte* address = list.allocate(layout);
        ASSERT_TRUE(std::getline(expected, wanted));
        ASSERT_EQ(text_of(address), wanted) << "block " << id;
        if (address != nullptr) live[id] = {address, layout};
    }
    list.for_each_hole([&](const mm::Hole& hole) {
        EXPECT_TRUE(std::getline(expected, wanted));
        EXPECT_EQ("hole " + text_of(hole.address) + " " + std::to_string(hole.size), wanted);
        return true;
    });
    EXPECT_FALSE(std::getline(expected, wanted)) << "missing: " << wanted;
}

INSTANTIATE_TEST_SUITE_P(Traces, Golden, testing::ValuesIn(traces()),
                         [](const auto& parameter) { return parameter.param.stem().string(); });

TEST(GoldenTraces, AreAllThere) {
    EXPECT_EQ(traces().size(), 8U);
}

}  // namespace
}  // namespace heap44::test
