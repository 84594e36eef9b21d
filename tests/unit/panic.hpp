// SPDX-License-Identifier: MIT
// In the unit tests a panic is an exception, so that a test can expect one.
#pragma once

#include <cstdint>
#include <string>

#include "lib/panic.hpp"

namespace heap44::test {

struct Panic {
    PanicKind kind;
    std::string message;
    std::uint64_t caller;
    std::uint64_t holder;
    std::uint64_t address;
};

}  // namespace heap44::test
