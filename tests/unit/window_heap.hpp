// SPDX-License-Identifier: MIT
// A heap under guard-page for a test, with pages that really come and go.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <stdexcept>
#include <sys/mman.h>

#include "mm/heap/heap.hpp"
#include "region.hpp"

namespace heap44::test {

/// Maps and unmaps with the machine's own page tables, up to `limit` pages at a time.
class RealPages final : public mm::PageControl {
public:
    std::size_t limit = static_cast<std::size_t>(-1);

    bool map(VirtAddr start, std::size_t pages) override {
        if (pages > limit - mapped_) return false;
        mapped_ += pages;
        put(start, pages, PROT_READ | PROT_WRITE);
        return true;
    }
    void unmap(VirtAddr start, std::size_t pages) override {
        mapped_ -= pages;
        put(start, pages, PROT_NONE);
    }
    [[nodiscard]] std::size_t mapped() const { return mapped_; }

private:
    static void put(VirtAddr start, std::size_t pages, int protection) {
        void* wanted = reinterpret_cast<void*>(start.value);
        void* got = mmap(wanted, pages * page_size, protection,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
        if (got != wanted) throw std::runtime_error("no page");
    }
    std::size_t mapped_ = 0;
};

/// A window of so many pages at the kernel's address, beside a heap of 8 KiB.
class WindowHeap {
public:
    explicit WindowHeap(std::size_t pages, mm::GuardSide guard = mm::GuardSide::behind)
        : size_(pages * page_size),
          memory_(aligned_bytes(mm::Heap::memory_needed(region_size, size_))),
          heap_(region_.bytes(), {memory_.get(), mm::Heap::memory_needed(region_size, size_)},
                mm::Window{guard_window_start, size_, pages_}) {
        void* wanted = reinterpret_cast<void*>(guard_window_start.value);
        if (mmap(wanted, size_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
                 0) != wanted) {
            throw std::runtime_error("the window's addresses are taken");
        }
        heap_.select("guard-page", guard);
    }
    ~WindowHeap() { munmap(reinterpret_cast<void*>(guard_window_start.value), size_); }
    WindowHeap(const WindowHeap&) = delete;
    WindowHeap& operator=(const WindowHeap&) = delete;

    mm::Heap* operator->() { return &heap_; }
    mm::Heap& operator*() { return heap_; }
    [[nodiscard]] RealPages& pages() { return pages_; }

    /// A new block's distance from the window's start.
    std::size_t allocate(std::size_t size, std::size_t align = 8) {
        const mm::Block* block = heap_.allocate({size, align}, 0);
        if (block == nullptr) throw std::runtime_error("no block");
        return block->address - heap_.start();
    }
    void free(std::uint64_t number) { heap_.free(*heap_.ledger().with_number(number), 0); }

private:
    static constexpr std::size_t region_size = 8192;

    Region region_{region_size};
    RealPages pages_;
    std::size_t size_;
    AlignedBytes memory_;
    mm::Heap heap_;
};

}  // namespace heap44::test
