// SPDX-License-Identifier: MIT
// What is measured: an allocator behind four function pointers, the same for ours and for peers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace heap44::bench {

struct Subject {
    std::string_view name;
    /// Makes the allocator anew on the region. Null for peers that get their memory themselves.
    void (*start)(std::span<std::byte> region);
    std::byte* (*allocate)(std::size_t size, std::size_t align);
    void (*deallocate)(std::byte* block, std::size_t size, std::size_t align);
    std::byte* (*reallocate)(std::byte* block, std::size_t size, std::size_t align,
                             std::size_t new_size);
    /// The same as allocate, copy, free.
    std::byte* (*move)(std::byte* block, std::size_t size, std::size_t align, std::size_t new_size);

    [[nodiscard]] bool has_region() const { return start != nullptr; }
};

/// Allocate, copy, free.
template <class S>
std::byte* move_block(std::byte* block, std::size_t size, std::size_t align, std::size_t new_size) {
    std::byte* moved = S::allocate(new_size, align);
    if (moved == nullptr) return nullptr;
    std::memcpy(moved, block, std::min(size, new_size));
    S::deallocate(block, size, align);
    return moved;
}

/// The harness's own cost, our designs (the table of them all), and these behind the ledger.
[[nodiscard]] std::vector<Subject> our_subjects();
/// The linked list's algorithm written down plainly; what Debian has of others.
[[nodiscard]] std::vector<Subject> peer_subjects();

}  // namespace heap44::bench
