// SPDX-License-Identifier: MIT
#include "host/heap.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <sys/mman.h>

namespace heap44::host {

namespace {

std::optional<mm::Heap> the_heap;
std::optional<mm::Journal> the_journal;

/// Memory from Linux, at this address or (0) anywhere. The program has no use without it, and ends.
std::span<std::byte> map(VirtAddr at, std::size_t size, int more_flags,
                         int protection = PROT_READ | PROT_WRITE) {
    void* memory = mmap(reinterpret_cast<void*>(at.value), size, protection,
                        MAP_PRIVATE | MAP_ANONYMOUS | more_flags, -1, 0);
    if (memory == MAP_FAILED) {
        std::perror("heap44-host: cannot map the heap");
        std::exit(2);
    }
    return {static_cast<std::byte*>(memory), size};
}

/// Pages of the window. Linux keeps their memory, and only allows or forbids its use: that takes
/// half the time of mapping it anew. What was there is erased when it is used again.
class HostPages final : public mm::PageControl {
public:
    bool map(VirtAddr start, std::size_t pages) override {
        if (!protect(start, pages, PROT_READ | PROT_WRITE)) return false;
        std::memset(reinterpret_cast<void*>(start.value), 0, pages * page_size);
        return true;
    }
    void unmap(VirtAddr start, std::size_t pages) override {
        (void)protect(start, pages, PROT_NONE);
    }

private:
    static bool protect(VirtAddr start, std::size_t pages, int protection) {
        return mprotect(reinterpret_cast<void*>(start.value), pages * page_size, protection) == 0;
    }
};
HostPages host_pages;

}  // namespace

mm::Heap& make_heap(std::size_t size, std::size_t window_size) {
    // MAP_FIXED_NOREPLACE fails where something is there already; nothing is ever overwritten.
    const auto region = map(heap_start, size, MAP_FIXED_NOREPLACE);
    // A page more, so that the last guard page has one behind it that is not somebody else's.
    (void)map(guard_window_start - page_size, window_size + 2 * page_size,
              MAP_FIXED_NOREPLACE | MAP_NORESERVE, PROT_NONE);
    const std::size_t records = mm::Heap::memory_needed(size, window_size);
    return the_heap.emplace(region, map({}, records, 0),
                            mm::Window{guard_window_start, window_size, host_pages});
}

/// MAP_NORESERVE: most of it is never touched, and costs nothing until it is.
mm::Journal& make_journal(mm::ChangedPages& pages) {
    constexpr std::size_t steps = std::size_t{96} << 20;
    const std::size_t size = 2 * mm::Journal::least_memory(*the_heap) + steps;
    return the_journal.emplace(*the_heap, map({}, size, MAP_NORESERVE), pages);
}

mm::Heap& heap() {
    return *the_heap;
}

}  // namespace heap44::host
