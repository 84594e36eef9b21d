// SPDX-License-Identifier: MIT
// What `check` and `stress` find.
#pragma once

#include <optional>
#include <string_view>

#include "lib/address.hpp"
#include "lib/text.hpp"
#include "shell/platform/report.hpp"

namespace heap44::shell {

/// Something that cannot be true of a healthy heap. `code` is an error code's name, `address` the
/// place to look at.
struct Problem {
    std::string_view code;
    VirtAddr address;
    FixedText<256> message;
    /// Another block that it may be about, as reports have it.
    std::optional<OtherBlock> also = std::nullopt;
};

}  // namespace heap44::shell
