// SPDX-License-Identifier: MIT
// The host program's heap, at the same address as the kernel's.
//
// The same address makes the same output: tests compare what both programs say.
#pragma once

#include "lib/address_plan.hpp"
#include "mm/heap/heap.hpp"
#include "mm/heap/history/journal.hpp"

namespace heap44::host {

/// Maps the region, and the addresses of the window, and makes the heap; ends the program with a
/// message where that fails. Call it once.
mm::Heap& make_heap(std::size_t size, std::size_t window_size = guard_window_size);

/// What `undo` goes back by: a copy of the heap, and steps. The heap is made before.
mm::Journal& make_journal(mm::ChangedPages& pages);

/// The heap; made before.
mm::Heap& heap();

}  // namespace heap44::host
