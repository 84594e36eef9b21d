// SPDX-License-Identifier: MIT
// Memory for a heap under test, at the kernel's address, with forbidden memory on both sides.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <sanitizer/asan_interface.h>
#include <span>
#include <stdexcept>
#include <sys/mman.h>

#include "lib/address_plan.hpp"
#include "lib/align.hpp"

namespace heap44::test {

/// `size` bytes that start `offset` bytes behind `heap_start`, full of rubbish. Under
/// AddressSanitizer whoever touches a byte before or behind them is caught.
class GuardedRegion {
public:
    explicit GuardedRegion(std::size_t size, std::size_t offset = 0)
        : mapped_(page_size + align_up(offset + size, page_size) + page_size) {
        auto* wanted = reinterpret_cast<void*>(heap_start.value - page_size);
        void* got = mmap(wanted, mapped_, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (got != wanted) throw std::runtime_error("the heap's addresses are taken");
        mapping_ = static_cast<std::byte*>(got);
        bytes_ = {mapping_ + page_size + offset, size};
        ASAN_POISON_MEMORY_REGION(mapping_, mapped_);
        ASAN_UNPOISON_MEMORY_REGION(bytes_.data(), bytes_.size());
        std::memset(bytes_.data(), 0xcd, bytes_.size());
    }
    ~GuardedRegion() {
        ASAN_UNPOISON_MEMORY_REGION(mapping_, mapped_);
        munmap(mapping_, mapped_);
    }
    GuardedRegion(const GuardedRegion&) = delete;
    GuardedRegion& operator=(const GuardedRegion&) = delete;

    [[nodiscard]] std::span<std::byte> bytes() const { return bytes_; }

private:
    std::size_t mapped_;
    std::byte* mapping_ = nullptr;
    std::span<std::byte> bytes_;
};

}  // namespace heap44::test
