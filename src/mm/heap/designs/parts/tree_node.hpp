// SPDX-License-Identifier: MIT
// A node of the tree in which a design keeps its blocks, for designs that have one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace heap44::mm {

/// `level` 0 is the whole tree; a node of the next level is half as large.
struct TreeNode {
    enum class State : std::uint8_t {
        free,     ///< a hole
        split,    ///< what it is, its two halves tell
        used,     ///< a block
        outside,  ///< not in the region
    };
    std::size_t level;
    std::byte* address;
    std::size_t size;
    State state;
};

}  // namespace heap44::mm
