// SPDX-License-Identifier: MIT
// A bit for the first and the last granule of each hole: it tells a freed block its neighbours.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace heap44::mm {

/// One bitmap serves both ends. Seen from a block, the granule before it belongs to a hole only if
/// it is that hole's last, and the granule behind it only if it is a hole's first.
///
///     granules    hhhhhh bbbb hh bbb h
///     bits        100001 0000 11 000 1
///
/// The inside of a hole stays 0: so a hole comes and goes with two bits, however large it is.
class HoleEdges {
public:
    HoleEdges() = default;

    /// No granule is an edge yet. `words` holds `words_needed(granules)` words and outlives this.
    explicit HoleEdges(std::span<std::uint64_t> words) : words_(words) {
        std::ranges::fill(words_, 0);
    }

    [[nodiscard]] static constexpr std::size_t words_needed(std::size_t granules) {
        return (granules + bits - 1) / bits;
    }

    [[nodiscard]] bool contains(std::size_t granule) const {
        return (words_[granule / bits] & bit(granule)) != 0;
    }
    void insert(std::size_t first, std::size_t last) {
        words_[first / bits] |= bit(first);
        words_[last / bits] |= bit(last);
    }
    void erase(std::size_t first, std::size_t last) {
        words_[first / bits] &= ~bit(first);
        words_[last / bits] &= ~bit(last);
    }

private:
    static constexpr std::size_t bits = 64;

    static constexpr std::uint64_t bit(std::size_t granule) {
        return std::uint64_t{1} << (granule % bits);
    }

    std::span<std::uint64_t> words_;
};

}  // namespace heap44::mm
