// SPDX-License-Identifier: MIT
// Memory for the measured heaps: where the kernel has its heap, and touched before the clock runs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <sys/mman.h>

namespace heap44::bench {

/// Memory that is mapped once and grows with the demand; what was asked for last is valid.
class Memory {
public:
    explicit Memory(void* address) : address_(address) {}

    std::span<std::byte> touched(std::size_t size) {
        if (size > bytes_.size()) map(size);
        return bytes_.first(size);
    }

private:
    void map(std::size_t size) {
        if (!bytes_.empty()) munmap(bytes_.data(), bytes_.size());
        void* got = mmap(address_, size, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
        if (got == MAP_FAILED) {
            std::perror("no memory for the heap");
            std::exit(EXIT_FAILURE);
        }
        bytes_ = {static_cast<std::byte*>(got), size};
    }

    void* address_;
    std::span<std::byte> bytes_;
};

}  // namespace heap44::bench
