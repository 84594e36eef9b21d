// SPDX-License-Identifier: MIT
// The two-level index of TLSF: lists by size class, and bitmaps that find a class in constant time.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace heap44::mm {

/// Sizes are counted in granules, from 1 up. The first level is the power of two, the second cuts
/// each power into 16 equal steps; sizes below 16 have a class each.
///
///     used_levels_    0 0 1 0 1 ...              a bit for each power of two: is any list used?
///                         |
///     used_[2]        0 1 0 0 1 ...              a bit for each of its 16 lists
///                       |     |
///     heads_[2]       - h - - h ...              the lists' first holes
///
/// The two bitmaps answer "the first class at or above this one whose list is not empty" with a few
/// bit scans: one in the class's own power, and if nothing is there one for the next power and one
/// in that. No list is searched, and no loop depends on how many holes there are.
class TwoLevelIndex {
public:
    using Number = std::uint32_t;
    static constexpr Number none = ~Number{0};

    struct Class {
        unsigned first;
        unsigned second;
        friend constexpr bool operator==(Class, Class) = default;
    };

    /// The class that a hole of this size is listed in. The bits of a size say it: the place of the
    /// first one is the power of two, the four behind it are the step.
    [[nodiscard]] static constexpr Class class_of(Number size) {
        const unsigned width = static_cast<unsigned>(std::bit_width(size));
        if (width <= step_bits) return {0, size};
        const unsigned shift = width - 1 - step_bits;
        return {shift + 1, (size >> shift) % steps};
    }

    /// The first class of which every hole is at least of this size: no list needs to be searched.
    /// So the size is rounded up to the next step. Nothing where a class above the last would be
    /// needed.
    [[nodiscard]] static constexpr std::optional<Class> class_above(std::uint64_t size) {
        const unsigned width = static_cast<unsigned>(std::bit_width(size));
        const std::uint64_t step = width <= step_bits ? 1 : 1ULL << (width - 1 - step_bits);
        if (size > none - step) return std::nullopt;
        return class_of(static_cast<Number>(size + step - 1));
    }

    /// The first class at or above `from` whose list is not empty.
    [[nodiscard]] std::optional<Class> first_used(Class from) const {
        const std::uint32_t here = used_[from.first] & (~std::uint32_t{0} << from.second);
        if (here != 0) return Class{from.first, lowest_bit(here)};
        // A shift by one more might be by the word's width, so it is done in two steps.
        const std::uint32_t above = used_levels_ & (~std::uint32_t{0} << from.first << 1);
        if (above == 0) return std::nullopt;
        const unsigned first = lowest_bit(above);
        return Class{first, lowest_bit(used_[first])};
    }

    [[nodiscard]] Number head(Class of) const { return heads_[of.first][of.second]; }

    /// Makes `number` the head of a class's list; `none` says that the list is empty. Both bitmaps
    /// follow.
    void set_head(Class of, Number number) {
        heads_[of.first][of.second] = number;
        set_bit(used_[of.first], of.second, number != none);
        set_bit(used_levels_, of.first, used_[of.first] != 0);
    }

    void clear() {
        used_levels_ = 0;
        used_.fill(0);
        for (auto& level : heads_) level.fill(none);
    }

    /// Calls `visit(head)` for each list that is not empty, small classes first, until it answers
    /// false.
    void for_each_head(auto&& visit) const {
        for (auto next = first_used({0, 0}); next; next = first_used(*next)) {
            if (!visit(head(*next))) return;
            // The class behind this one, which may be the first of the next level.
            next = next->second + 1 < steps ? Class{next->first, next->second + 1}
                                            : Class{next->first + 1, 0};
            if (next->first == levels) return;
        }
    }

private:
    static constexpr unsigned step_bits = 4;
    static constexpr unsigned steps = 1U << step_bits;
    static constexpr unsigned levels = 32 - step_bits + 1;

    static constexpr unsigned lowest_bit(std::uint32_t word) {
        return static_cast<unsigned>(std::countr_zero(word));
    }
    static void set_bit(std::uint32_t& word, unsigned bit, bool value) {
        word = (word & ~(1U << bit)) | (static_cast<std::uint32_t>(value) << bit);
    }

    std::uint32_t used_levels_;
    std::array<std::uint32_t, levels> used_;
    std::array<std::array<Number, steps>, levels> heads_;
};
static_assert(TwoLevelIndex::class_of(15) == TwoLevelIndex::Class{0, 15});
static_assert(TwoLevelIndex::class_of(16) == TwoLevelIndex::Class{1, 0});
static_assert(TwoLevelIndex::class_of(35) == TwoLevelIndex::Class{2, 1});
static_assert(*TwoLevelIndex::class_above(35) == TwoLevelIndex::Class{2, 2});

}  // namespace heap44::mm
