// SPDX-License-Identifier: MIT
// The tree of a design that has one, as a drawing under the heap's map.
//
//     tree of 64K     32K 16K
//     0x444444440000  |   #1
//     0x444444444000  |   free
//     0x444444448000  free
//
// Only buddy has a tree. The drawing shows what halves a block came from, and so which two will be
// joined again.
#pragma once

#include "lib/text.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

/// Draws a column for each size and a row for each block and each free node, in address order; what
/// they are halves of stands to their left. Nothing where the design in use has no tree.
void draw_tree(Output& output, const mm::Heap& heap);

}  // namespace heap44::shell
