// SPDX-License-Identifier: MIT
// Memory at an address of one's choice, for heaps whose addresses are compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <sys/mman.h>

namespace heap44::test {

/// `size` zeroed bytes at `address`, or anywhere for address 0; given back at the end.
class Mapping {
public:
    Mapping(std::uint64_t address, std::size_t size) : size_(size) {
        const int fixed = address != 0 ? MAP_FIXED_NOREPLACE : 0;
        void* wanted = reinterpret_cast<void*>(address);
        void* got = mmap(wanted, size, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | fixed, -1, 0);
        if (got == MAP_FAILED || (address != 0 && got != wanted)) {
            std::perror("cannot map the heap");
            std::abort();
        }
        start_ = static_cast<std::byte*>(got);
    }
    ~Mapping() { munmap(start_, size_); }
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;

    [[nodiscard]] std::span<std::byte> bytes() const { return {start_, size_}; }

private:
    std::byte* start_;
    std::size_t size_;
};

}  // namespace heap44::test
