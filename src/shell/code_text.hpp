// SPDX-License-Identifier: MIT
// A code address as people read it.
#pragma once

#include <cstdint>

#include "lib/text.hpp"
#include "shell/platform.hpp"

namespace heap44::shell {

/// `function+0x12`, or the address alone where no function is known.
[[nodiscard]] inline FixedText<128> code_text(Platform& platform, std::uint64_t code) {
    const auto place = platform.describe_code(code);
    if (!place) return format_fixed<128>("{:#x}", code);
    // Parts of the name that all have in common tell nothing.
    std::string_view name = place->name;
    for (const std::string_view common : {"heap44::shell::commands::", "heap44::"}) {
        if (name.starts_with(common)) name.remove_prefix(common.size());
    }
    name = name.substr(0, 100);
    if (place->offset == 0) return format_fixed<128>("{}", name);
    return format_fixed<128>("{}+{:#x}", name, place->offset);
}

}  // namespace heap44::shell
