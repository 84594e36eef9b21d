// SPDX-License-Identifier: MIT
// The kernel's one heap: the one that the shell shows and operator new draws from.
#pragma once

#include <cstddef>
#include <span>

#include "mm/heap/heap.hpp"

namespace heap44::kernel {

/// Makes the heap; `memory` is for its records. Call it once. Before, operator new panics.
mm::Heap& initialize_heap(std::span<std::byte> region, std::span<std::byte> memory,
                          const mm::Window& window);

/// Panics before `initialize_heap`.
[[nodiscard]] mm::Heap& heap();

/// Null before `initialize_heap`.
[[nodiscard]] mm::Heap* heap_if_made();

}  // namespace heap44::kernel
