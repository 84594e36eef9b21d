// SPDX-License-Identifier: MIT
// A heap for a test, at the address where the kernel has it.
#pragma once

#include <memory>
#include <span>
#include <stdexcept>
#include <sys/mman.h>

#include "lib/address_plan.hpp"
#include "mm/heap/heap.hpp"

namespace heap44::test {

/// Memory at the heap's address, for as long as it lives.
class Region {
public:
    explicit Region(std::size_t size = default_heap_size) : size_(size) {
        void* memory = mmap(reinterpret_cast<void*>(heap_start.value), size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (memory == MAP_FAILED) throw std::runtime_error("the heap's address is taken");
    }
    ~Region() { munmap(reinterpret_cast<void*>(heap_start.value), size_); }
    Region(const Region&) = delete;
    Region& operator=(const Region&) = delete;

    [[nodiscard]] std::span<std::byte> bytes() const {
        return {reinterpret_cast<std::byte*>(heap_start.value), size_};
    }

private:
    std::size_t size_;
};

struct FreeAligned {
    void operator()(std::byte* memory) const { operator delete[](memory, std::align_val_t{64}); }
};
using AlignedBytes = std::unique_ptr<std::byte[], FreeAligned>;

/// Memory for what a heap keeps beside its region.
inline AlignedBytes aligned_bytes(std::size_t size) {
    return AlignedBytes(new (std::align_val_t{64}) std::byte[size]);
}

/// A heap with all that it needs.
class TestHeap {
public:
    explicit TestHeap(std::size_t size = default_heap_size)
        : region_(size),
          memory_(aligned_bytes(mm::Heap::memory_needed(size))),
          heap_(region_.bytes(), {memory_.get(), mm::Heap::memory_needed(size)}) {}

    mm::Heap* operator->() { return &heap_; }
    mm::Heap& operator*() { return heap_; }

private:
    Region region_;
    AlignedBytes memory_;
    mm::Heap heap_;
};

}  // namespace heap44::test
