// SPDX-License-Identifier: MIT
// A set of small numbers that also knows the order of its members: which is the k-th, how many are
// below.
//
//     bits      0110 0000 1000 | 0000 0001 ...     one a number, 512 of them a chunk
//     counts           3       |     1             of members, a chunk each, as a Fenwick tree
//
// Cost: ten steps through the tree, and eight words of bits.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace heap44::shell {

/// Numbers below `capacity`. All zero at first, so that a static one costs the kernel's image
/// nothing.
template <std::size_t capacity>
class CountedSet {
public:
    /// Forgets all members.
    void clear() {
        words_.fill(0);
        counts_.fill(0);
        size_ = 0;
    }
    /// A number that is no member becomes one.
    void insert(std::size_t number) {
        words_[number / word_bits] |= bit(number);
        ++size_;
        add(number, 1);
    }
    /// A member is none any more.
    void erase(std::size_t number) {
        words_[number / word_bits] &= ~bit(number);
        --size_;
        // The counts wrap around, so this is a subtraction.
        add(number, ~std::uint32_t{0});
    }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool contains(std::size_t number) const {
        return (words_[number / word_bits] & bit(number)) != 0;
    }
    /// How many members are smaller.
    [[nodiscard]] std::size_t count_below(std::size_t number) const {
        const std::size_t chunk = number / chunk_bits;
        std::size_t count = 0;
        for (std::size_t node = chunk; node > 0; node &= node - 1) count += counts_[node];
        const std::size_t word = number / word_bits;
        for (std::size_t each = chunk * chunk_words; each < word; ++each) count += ones(each);
        return count + static_cast<std::size_t>(std::popcount(words_[word] & (bit(number) - 1)));
    }
    /// The member that has `rank` smaller ones, fewer than there are.
    [[nodiscard]] std::size_t at(std::size_t rank) const {
        // Down the tree: each node tells of as many chunks as its lowest bit says.
        std::size_t chunk = 0;
        for (std::size_t step = std::bit_floor(chunks); step > 0; step /= 2) {
            if (chunk + step > chunks || counts_[chunk + step] > rank) continue;
            chunk += step;
            rank -= counts_[chunk];
        }
        std::size_t word = chunk * chunk_words;
        for (; ones(word) <= rank; ++word) rank -= ones(word);
        std::uint64_t left = words_[word];
        for (; rank > 0; --rank) left &= left - 1;
        return word * word_bits + static_cast<std::size_t>(std::countr_zero(left));
    }

private:
    static constexpr std::size_t word_bits = 64;
    static constexpr std::size_t chunk_words = 8;
    static constexpr std::size_t chunk_bits = chunk_words * word_bits;
    static constexpr std::size_t chunks = (capacity + chunk_bits - 1) / chunk_bits;

    [[nodiscard]] static std::uint64_t bit(std::size_t number) {
        return std::uint64_t{1} << (number % word_bits);
    }
    [[nodiscard]] std::size_t ones(std::size_t word) const {
        return static_cast<std::size_t>(std::popcount(words_[word]));
    }
    void add(std::size_t number, std::uint32_t difference) {
        for (std::size_t node = number / chunk_bits + 1; node <= chunks; node += node & -node) {
            counts_[node] += difference;
        }
    }

    std::array<std::uint64_t, chunks * chunk_words> words_{};
    // Node n, from 1, sums up so many chunks up to and with the n-th as its lowest bit says.
    std::array<std::uint32_t, chunks + 1> counts_{};
    std::size_t size_ = 0;
};

}  // namespace heap44::shell
