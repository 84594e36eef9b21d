// SPDX-License-Identifier: MIT
// How a search ends: found out by making it, and taking it back.
#pragma once

#include "mm/heap/heap.hpp"
#include "shell/answer/search.hpp"

namespace heap44::shell {

/// Tries the allocation and takes it back, to the byte.
[[nodiscard]] SearchResult try_search(mm::Heap& heap, mm::Layout layout);

}  // namespace heap44::shell
