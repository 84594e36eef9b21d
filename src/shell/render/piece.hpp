// SPDX-License-Identifier: MIT
// A character of a map, before it is drawn.
#pragma once

#include <cstdint>

namespace heap44::shell {

/// What one character says: what it shows, how many of its bytes are in use, and whether the last
/// command changed any.
struct Piece {
    /// The order is that of `looks` in heap_drawing.cpp; from `overhead` on they are rare, and a
    /// legend leaves them out where none was seen.
    enum class Kind : std::uint8_t {
        hole,
        block_start,
        block,
        padding,
        overhead,
        guard,
        unmapped,
        mixed,
    };
    Kind kind;
    bool is_changed = false;
    std::uint32_t used = 0;

    friend bool operator==(const Piece&, const Piece&) = default;
};

}  // namespace heap44::shell
