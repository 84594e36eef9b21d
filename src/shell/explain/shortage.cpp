// SPDX-License-Identifier: MIT
#include "shell/explain/shortage.hpp"

#include <limits>

#include "mm/heap/heap.hpp"

namespace heap44::shell {

MemoryShortage shortage_of(const mm::Heap& heap, std::uint64_t size, std::uint64_t count) {
    const mm::HeapStats stats = heap.stats();
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    const bool fits = size == 0 || count <= most / size;
    return {.asked = fits ? size * count : most, .largest = stats.largest, .free = stats.free};
}

void print_shortage(Output& output, const MemoryShortage& shortage) {
    print(output, "; the largest hole has {} bytes, {} are free in all", shortage.largest,
          shortage.free);
    if (shortage.is_fragmented()) {
        output.write(": that would do, in one piece; fragmentation is the cause");
    }
}

}  // namespace heap44::shell
