// SPDX-License-Identifier: MIT
// What instrumented code calls instead of the library's functions.
#include <cstddef>
#include <gtest/gtest.h>

extern "C" {
void* heap44_memcpy(void* destination, const void* source, std::size_t size);
void* heap44_memmove(void* destination, const void* source, std::size_t size);
void* heap44_memset(void* destination, int value, std::size_t size);
}

namespace {

// As for an empty vector, which has no memory. Under the sanitizers the library's would end the
// test.
TEST(SanitizerCallbacks, NoBytesMayBeAtNull) {
    char there = 'x';
    EXPECT_EQ(heap44_memcpy(&there, nullptr, 0), &there);
    EXPECT_EQ(heap44_memmove(&there, nullptr, 0), &there);
    EXPECT_EQ(heap44_memmove(nullptr, nullptr, 0), nullptr);
    EXPECT_EQ(heap44_memset(nullptr, 0, 0), nullptr);
    EXPECT_EQ(there, 'x');
}

TEST(SanitizerCallbacks, BytesAreMoved) {
    char bytes[] = "abcdef";
    EXPECT_EQ(heap44_memmove(bytes + 1, bytes, 3), bytes + 1);
    EXPECT_STREQ(bytes, "aabcef");
    EXPECT_EQ(heap44_memset(bytes, '-', 2), bytes);
    EXPECT_STREQ(bytes, "--bcef");
}

}  // namespace
