// SPDX-License-Identifier: MIT
// Places an address that faulted among the blocks of a heap that has unmapped pages.
#pragma once

#include "lib/address.hpp"
#include "mm/heap/heap.hpp"
#include "shell/report.hpp"

namespace heap44::shell {

/// Where the heap is a window and `address` lies in it: notes the nearest block and the offset in
/// the report, and appends their description to `output`, as in `8 bytes past #3 "vec", in its
/// guard page`. Else false, and nothing is written.
bool place_in_window(Report& report, Output& output, const mm::Heap& heap, VirtAddr address);

}  // namespace heap44::shell
