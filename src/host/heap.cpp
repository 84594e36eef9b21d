// SPDX-License-Identifier: MIT
#include "host/heap.hpp"

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <sys/mman.h>

namespace heap44::host {

namespace {

std::optional<mm::Heap> the_heap;

std::span<std::byte> map(VirtAddr at, std::size_t size, int more_flags) {
    void* memory = mmap(reinterpret_cast<void*>(at.value), size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | more_flags, -1, 0);
    if (memory == MAP_FAILED) {
        std::perror("heap44-host: cannot map the heap");
        std::exit(2);
    }
    return {static_cast<std::byte*>(memory), size};
}

}  // namespace

mm::Heap& make_heap(std::size_t size) {
    const auto region = map(heap_start, size, MAP_FIXED_NOREPLACE);
    return the_heap.emplace(region, map({}, mm::Heap::memory_needed(size), 0));
}

mm::Heap& heap() {
    return *the_heap;
}

}  // namespace heap44::host
