// SPDX-License-Identifier: MIT
// Under a fuzzer a panic is a finding.
#include "lib/panic.hpp"

#include <cstdio>
#include <cstdlib>

void heap44::panic(PanicKind, std::string_view message, std::uint64_t, std::uint64_t,
                   std::uint64_t) {
    std::fprintf(stderr, "panic: %.*s\n", static_cast<int>(message.size()), message.data());
    std::abort();
}
