// SPDX-License-Identifier: MIT
// A set of small numbers as a bitmap with summaries above it: neighbours are found in a few steps.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace heap44::mm {

/// A set of numbers below `limit`. Level 0 has a bit for each number, each level above a bit for
/// each word of the one below that is not zero, up to one word:
///
///     level 1    1 0 1 1                      a bit for each word below: is there anything?
///     level 0    0010 0000 1000 0001          a bit for each number (words of 4 here, not of 64)
///
/// A search climbs until a word has a bit on the right side, and descends to it by bit scans; where
/// nothing is, whole words are passed over, 64, 4,096 ... numbers at a time. Insert and erase
/// change at most one word a level, the searches read at most two: O(log64 limit). It takes one bit
/// a number and about a 64th more.
class AddressSet {
public:
    AddressSet() = default;

    /// The set is empty. `words` holds `words_needed(limit)` words and outlives the set.
    AddressSet(std::span<std::uint64_t> words, std::size_t limit) {
        std::size_t count = limit;
        do {
            count = (count + bits - 1) / bits;
            levels_[depth_++] = words.first(count);
            words = words.subspan(count);
        } while (count > 1);
        clear();
    }

    [[nodiscard]] static constexpr std::size_t words_needed(std::size_t limit) {
        std::size_t total = 0;
        std::size_t count = limit;
        do {
            count = (count + bits - 1) / bits;
            total += count;
        } while (count > 1);
        return total;
    }

    void clear() {
        for (std::size_t level = 0; level < depth_; ++level) {
            for (std::uint64_t& word : levels_[level]) word = 0;
        }
    }

    void insert(std::size_t number) {
        for (std::size_t level = 0; level < depth_; ++level) {
            std::uint64_t& word = levels_[level][number / bits];
            const bool was_empty = word == 0;
            word |= bit(number);
            // Whoever is above knows already that this word is not zero.
            if (!was_empty) return;
            number /= bits;
        }
    }

    void erase(std::size_t number) {
        for (std::size_t level = 0; level < depth_; ++level) {
            std::uint64_t& word = levels_[level][number / bits];
            word &= ~bit(number);
            // The word still has members: above nothing changes.
            if (word != 0) return;
            number /= bits;
        }
    }

    [[nodiscard]] bool contains(std::size_t number) const {
        return (levels_[0][number / bits] & bit(number)) != 0;
    }

    /// The smallest number in the set that is `number` or more.
    [[nodiscard]] std::optional<std::size_t> first_from(std::size_t number) const {
        for (std::size_t level = 0; level < depth_; ++level) {
            const std::size_t index = number / bits;
            if (index >= levels_[level].size()) return std::nullopt;
            const std::uint64_t above =
                levels_[level][index] & (~std::uint64_t{0} << (number % bits));
            if (above != 0) return descend_first(level, index, above);
            // Nothing here: one level up, at the word behind this one.
            number = index + 1;
        }
        return std::nullopt;
    }

    /// The largest number in the set that is `number` or less.
    [[nodiscard]] std::optional<std::size_t> last_up_to(std::size_t number) const {
        // The topmost level has one word: there the search ends.
        for (std::size_t level = 0;; ++level) {
            const std::size_t index = number / bits;
            const std::uint64_t below =
                levels_[level][index] & (~std::uint64_t{0} >> (bits - 1 - number % bits));
            if (below != 0) return descend_last(level, index, below);
            if (index == 0) return std::nullopt;
            number = index - 1;
        }
    }

private:
    static constexpr std::size_t bits = 64;

    static constexpr std::uint64_t bit(std::size_t number) {
        return std::uint64_t{1} << (number % bits);
    }

    /// From a word that is not zero down to the first number below it.
    std::size_t descend_first(std::size_t level, std::size_t index, std::uint64_t word) const {
        for (;;) {
            const std::size_t number =
                index * bits + static_cast<std::size_t>(std::countr_zero(word));
            if (level == 0) return number;
            index = number;
            word = levels_[--level][index];
        }
    }

    /// The same for the last number.
    std::size_t descend_last(std::size_t level, std::size_t index, std::uint64_t word) const {
        for (;;) {
            const std::size_t number =
                index * bits + (bits - 1 - static_cast<std::size_t>(std::countl_zero(word)));
            if (level == 0) return number;
            index = number;
            word = levels_[--level][index];
        }
    }

    // Six levels of 64 reach beyond 2^32 numbers.
    std::array<std::span<std::uint64_t>, 6> levels_{};
    std::size_t depth_ = 0;
};

}  // namespace heap44::mm
