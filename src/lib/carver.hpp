// SPDX-License-Identifier: MIT
// One piece of memory, cut into parts: one way to count its bytes and to cut it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>

#include "lib/align.hpp"

namespace heap44 {

/// Parts that lie one behind the other, each a row of so many objects of one type:
///
///     Carver<Block, Index> carver{2, 5};     | Block Block | Index Index Index Index Index pad |
///     carver.bytes()                         how much memory that takes
///     auto [blocks, by_number] = carver.carve(memory);
///
/// What counts the bytes also cuts them, so whoever asks for the memory and whoever uses it cannot
/// disagree. Every part takes a multiple of `alignment`, so each begins as well aligned as the
/// memory. No object is made: the memory holds what it held before.
template <class... T>
struct Carver {
    /// That of the strictest type, but 8 at least: so any carvers can follow one another.
    static constexpr std::size_t alignment = std::max({alignof(std::uint64_t), alignof(T)...});

    using Parts = std::tuple<std::span<T>...>;

    std::array<std::size_t, sizeof...(T)> counts;

    [[nodiscard]] constexpr std::size_t bytes() const {
        std::size_t part = 0;
        std::size_t total = 0;
        ((total += room_for<T>(counts[part++])), ...);
        return total;
    }

    /// Cuts the parts off the front of `memory`, which keeps what lies behind them. It is aligned
    /// to `alignment` and has `bytes()` bytes or more.
    [[nodiscard]] Parts carve(std::span<std::byte>& memory) const {
        std::size_t part = 0;
        // Braces have their parts made from left to right.
        return Parts{cut<T>(memory, counts[part++])...};
    }

private:
    template <class Part>
    static constexpr std::size_t room_for(std::size_t count) {
        return align_up(count * sizeof(Part), alignment);
    }

    template <class Part>
    static std::span<Part> cut(std::span<std::byte>& memory, std::size_t count) {
        auto* const first = reinterpret_cast<Part*>(memory.data());
        memory = memory.subspan(room_for<Part>(count));
        return {first, count};
    }
};

}  // namespace heap44
