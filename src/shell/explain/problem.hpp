// SPDX-License-Identifier: MIT
// What `check` and `stress` find.
#pragma once

#include <string_view>

#include "lib/address.hpp"
#include "lib/text.hpp"

namespace heap44::shell {

/// Something that cannot be true of a healthy heap. `code` is an error code's name, `address` the
/// place to look at.
struct Problem {
    std::string_view code;
    VirtAddr address;
    FixedText<256> message;
};

}  // namespace heap44::shell
