// SPDX-License-Identifier: MIT
// The blocks that a command allocated and that are live still.
//
// Not every such block is a mistake: `alloc` allocates nothing else. They are asked for where a
// command was abandoned, or where it should have given back all that it took.
#pragma once

#include <cstddef>
#include <cstdint>

#include "lib/function_ref.hpp"
#include "lib/text.hpp"

namespace heap44::mm {
class Heap;
struct Block;
}  // namespace heap44::mm

namespace heap44::shell {

/// Calls `visit(Block)` for each of them, in address order.
void for_each_leftover(const mm::Heap& heap, std::uint64_t command,
                       FunctionRef<void(const mm::Block&)> visit);

struct Leftovers {
    std::size_t blocks = 0;
    std::size_t bytes = 0;
};

/// Counts whole blocks with their padding, as `stats` counts what is used. Takes time with the
/// number of live blocks.
[[nodiscard]] Leftovers count_leftovers(const mm::Heap& heap, std::uint64_t command);

/// `2 blocks that it allocated (80 bytes) stay`.
void write_leftovers(Output& output, const Leftovers& left);

}  // namespace heap44::shell
