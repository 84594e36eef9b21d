// SPDX-License-Identifier: MIT
// The bump allocator: memory is handed out from left to right, and taken back all at once.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "lib/align.hpp"
#include "mm/heap/designs/design.hpp"

namespace heap44::mm {

/// Two numbers are the whole state: where the next block may start, and how many blocks are live. A
/// freed block only lowers the count; when it comes to zero everything is free again, and not a
/// byte before.
///
///     start      next                    end
///       [##][###]|........................|       the left side is passed over, live or not
///
/// Allocation and deallocation take a few instructions, whatever the heap holds. That suits work
/// which allocates much and drops it all at once: a request, a frame, a pass of a compiler (there
/// it is called an arena or a region). One block that lives on keeps all the rest.
class Bump {
public:
    static constexpr const char* name = "bump";
    static constexpr std::array<HoleField, 0> hole_fields{};

    /// The region is shrunk to multiples of 8 bytes.
    explicit Bump(std::span<std::byte> region)
        : start_(align_up(reinterpret_cast<std::uint64_t>(region.data()), unit)),
          end_(align_down(reinterpret_cast<std::uint64_t>(region.data()) + region.size(), unit)),
          next_(start_) {
        // Too small for even one unit.
        if (end_ < start_) end_ = start_;
    }

    [[nodiscard]] std::byte* allocate(Layout layout) {
        // All that can fail comes first, so a request that fails changes nothing.
        const auto begin = checked_align_up(next_, std::max(layout.align, unit));
        if (!begin || !fits(*begin, block_size(layout))) return nullptr;
        // What lies between two blocks for the sake of alignment is lost until all is free.
        next_ = *begin + block_size(layout);
        ++live_;
        return reinterpret_cast<std::byte*>(*begin);
    }

    /// As `allocate`, without the step forward. It meets no hole's words: none are kept.
    [[nodiscard]] std::byte* placement(Layout layout, auto&&) const {
        const auto begin = checked_align_up(next_, std::max(layout.align, unit));
        if (!begin || !fits(*begin, block_size(layout))) return nullptr;
        return reinterpret_cast<std::byte*>(*begin);
    }

    void deallocate(std::byte*, Layout) {
        if (--live_ == 0) next_ = start_;
    }

    /// The last block grows and shrinks where it is, for nothing stands behind it. Any other may
    /// shrink, which gains nothing, and must move to grow.
    [[nodiscard]] std::byte* reallocate(std::byte* block, Layout layout, std::size_t new_size) {
        const std::size_t size = block_size(layout);
        const std::size_t wanted = block_size({new_size, layout.align});
        const auto begin = reinterpret_cast<std::uint64_t>(block);
        const bool is_last = begin + size == next_;
        if (is_last && fits(begin, wanted)) next_ = begin + wanted;
        if (wanted <= size || (is_last && fits(begin, wanted))) return block;
        return reallocate_by_copy(*this, block, layout, new_size);
    }

    /// `max(size, 16)` rounded up to 8, as in every design: blocks lie 16 bytes apart at least.
    [[nodiscard]] static std::size_t block_size(Layout layout) {
        return checked_align_up(std::max(layout.size, smallest), unit)
            .value_or(std::numeric_limits<std::size_t>::max());
    }

    /// All that was passed over counts as used, live or not.
    [[nodiscard]] std::size_t used_bytes(std::size_t region_size) const {
        return region_size - (end_ - next_);
    }

    /// The one hole is what has not been handed out yet.
    void for_each_hole(auto&& visit) const {
        if (next_ == end_) return;
        (void)visit(Hole{reinterpret_cast<std::byte*>(next_), end_ - next_, nullptr});
    }

private:
    static constexpr std::size_t unit = 8;
    static constexpr std::size_t smallest = 16;

    /// Compares with what is left: `begin + size` might not fit into 64 bits.
    [[nodiscard]] bool fits(std::uint64_t begin, std::size_t size) const {
        return begin <= end_ && size <= end_ - begin;
    }

    std::uint64_t start_;
    std::uint64_t end_;
    std::uint64_t next_;
    std::size_t live_ = 0;
};
static_assert(Design<Bump>);

}  // namespace heap44::mm
