// SPDX-License-Identifier: MIT
// The blocks that a BlockList names, found as they are shown.
//
// A command says "those with the numbers 5 to 9" and not which they are. So an answer needs no
// memory for its length. What a list names must not change before it is drawn; nothing runs in
// between.
#pragma once

#include "lib/function_ref.hpp"
#include "shell/answer/reply.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

/// Calls `visit(Block)` for each block of the list, in the list's order.
void for_each_block(const BlockList& list, const mm::Heap& heap,
                    FunctionRef<void(const mm::Block&)> visit);

}  // namespace heap44::shell
