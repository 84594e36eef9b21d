// SPDX-License-Identifier: MIT
// Who called: the code address that a report blames.
#pragma once

#include <cstdint>

namespace heap44 {

/// Where the function that asks was called from. It must ask for itself: a function below it would
/// be told an address within the first. This one is always inlined, so it is no such function.
[[nodiscard, gnu::always_inline]] inline std::uint64_t caller_address() {
    return reinterpret_cast<std::uint64_t>(__builtin_return_address(0));
}

}  // namespace heap44
