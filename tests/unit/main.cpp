// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "panic.hpp"

void heap44::panic(PanicKind kind, std::string_view message, std::uint64_t caller,
                   std::uint64_t holder, std::uint64_t address) {
    throw test::Panic{kind, std::string(message), caller, holder, address};
}

int main(int count, char** words) {
    testing::InitGoogleTest(&count, words);
    return RUN_ALL_TESTS();
}
