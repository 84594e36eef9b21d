// SPDX-License-Identifier: MIT
#include "host/heap.hpp"

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <sys/mman.h>

#include "host/map.hpp"
#include "host/written_pages.hpp"

namespace heap44::host {

namespace {

std::optional<mm::Heap> the_heap;
std::optional<mm::Journal> the_journal;

}  // namespace

std::span<std::byte> map_memory(VirtAddr at, std::size_t size, int more_flags, int protection) {
    void* memory = mmap(reinterpret_cast<void*>(at.value), size, protection,
                        MAP_PRIVATE | MAP_ANONYMOUS | more_flags, -1, 0);
    if (memory == MAP_FAILED) {
        std::perror("heap44-host: cannot map the heap");
        std::exit(2);
    }
    return {static_cast<std::byte*>(memory), size};
}

mm::Heap& make_heap(std::size_t size, std::size_t window_size) {
    using State = WrittenPages::State;
    // MAP_FIXED_NOREPLACE fails where something is there already; nothing is ever overwritten.
    const auto region = map_memory(heap_start, size, MAP_FIXED_NOREPLACE);
    // A page more, so that the last guard page has one behind it that is not somebody else's.
    (void)map_memory(guard_window_start - page_size, window_size + 2 * page_size,
                     MAP_FIXED_NOREPLACE | MAP_NORESERVE, PROT_NONE);
    const auto records = map_memory({}, mm::Heap::memory_needed(size, window_size), 0);
    written_pages().add(heap_start, size, State::written);
    written_pages().add(address_of(records.data()), records.size(), State::written);
    written_pages().add(guard_window_start, window_size, State::unmapped);
    return the_heap.emplace(region, records,
                            mm::Window{guard_window_start, window_size, written_pages()});
}

/// MAP_NORESERVE: most of it is never touched, and costs nothing until it is.
mm::Journal& make_journal(mm::ChangedPages& pages) {
    constexpr std::size_t steps = std::size_t{96} << 20;
    const std::size_t size = 2 * mm::Journal::least_memory(*the_heap) + steps;
    return the_journal.emplace(*the_heap, map_memory({}, size, MAP_NORESERVE), pages);
}

mm::Heap& heap() {
    return *the_heap;
}

}  // namespace heap44::host
