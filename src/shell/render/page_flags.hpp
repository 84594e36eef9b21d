// SPDX-License-Identifier: MIT
// The flags of a page table entry in words (Intel SDM volume 3, 4.5).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "mm/page_walk.hpp"

namespace heap44::shell {

/// Calls `visit(std::string_view)` for each flag that is set: `present`, `writable`, …,
/// `no-execute`.
void for_each_page_flag(const mm::WalkLevel& level, auto&& visit) {
    struct Flag {
        std::uint8_t bit;
        std::string_view name;
    };
    constexpr std::array<Flag, 9> flags{{{0, "present"},
                                         {1, "writable"},
                                         {2, "user"},
                                         {3, "write-through"},
                                         {4, "no-cache"},
                                         {5, "accessed"},
                                         {6, "dirty"},
                                         {8, "global"},
                                         {63, "no-execute"}}};
    const auto is_set = [&](unsigned bit) { return (level.entry >> bit & 1) != 0; };
    // Bit 7 makes a page of a level that could have a table; in a page table it means something
    // else.
    if (level.level > 1 && is_set(0) && is_set(7)) visit(std::string_view("huge"));
    for (const Flag& flag : flags) {
        if (is_set(flag.bit)) visit(flag.name);
    }
}

}  // namespace heap44::shell
