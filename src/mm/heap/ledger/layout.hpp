// SPDX-License-Identifier: MIT
// What is asked of an allocator: so many bytes, aligned so. After Rust's core::alloc::Layout.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace heap44::mm {

/// A size in bytes (0 included) and an alignment, which is a power of two.
struct Layout {
    std::size_t size;
    std::size_t align = 8;

    /// Whether the alignment is a power of two; an allocator may rely on it.
    [[nodiscard]] constexpr bool is_valid() const { return std::has_single_bit(align); }

    friend constexpr bool operator==(Layout, Layout) = default;
};

/// What a new block holds: whatever was there, or zeros.
enum class Fill : std::uint8_t { none, zero };

}  // namespace heap44::mm
