// SPDX-License-Identifier: MIT
// Which leaf of a hole index is the first with a hole that fits: a tree of the largest hole sizes.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

#include "mm/heap/designs/parts/lanes.hpp"

namespace heap44::mm {

/// Each node has a key, which tells of the holes below it: twice the largest size (in units of 8
/// bytes), plus one if there is also a hole exactly one unit smaller. 0: no hole at all.
///
///     holes below    7 3 6     9 9 4     5
///     key            15        18        10       15: largest 7, and a 6
///     parent                   18                 18: largest 9, no 8
///
/// The second part is there because of a rule of the list's: a hole that would be left with 8 bytes
/// is passed over, for 8 bytes cannot hold a hole's two words. So a request of s units fits into
/// holes of s, and of s + 2 and more. A tree that knew only maxima would be misled by holes one
/// unit larger than asked for: where all are such it would visit every one. With the key it is
/// never misled: where a node's key says that the request fits, a hole below it does.
///
/// A node has a cache line of children: 64 of a byte each or 16 of four. The tree is only as high
/// as the part of the heap demands in which there are holes. Cost: a comparison of one line a
/// level.
template <class Key>
class SizeTree {
public:
    using Line = Lanes<Key>;
    static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

    [[nodiscard]] static constexpr std::size_t lines_needed(std::size_t leaves) {
        std::size_t total = 0;
        do {
            leaves = parents_of(leaves);
            total += leaves;
        } while (leaves > 1);
        return total;
    }

    [[nodiscard]] static Key make_key(std::size_t largest, bool has_one_smaller) {
        return static_cast<Key>(2 * largest + has_one_smaller);
    }

    /// All leaves are empty. `lines` holds `lines_needed(leaves)`, zeroed, and outlives the tree.
    /// The levels lie one behind the other, the lowest first.
    SizeTree(std::span<Line> lines, std::size_t leaves) {
        // Levels enough for any heap: the lines come to an end before they do.
        for (std::size_t level = 0; !lines.empty(); ++level) {
            leaves = parents_of(leaves);
            levels_[level] = lines.data();
            lines = lines.subspan(leaves);
        }
    }

    [[nodiscard]] Key key(std::size_t leaf) const { return key(0, leaf); }

    /// The first leaf with a hole that fits a request of `units`.
    [[nodiscard, gnu::always_inline]] std::size_t first_fit(std::size_t units) const {
        const std::uint64_t mask = fitting(height_ - 1, 0, units);
        return mask == 0 ? none : descend(height_ - 1, lowest(mask), units);
    }

    /// The same among the leaves behind `leaf`.
    [[nodiscard]] std::size_t next_fit(std::size_t leaf, std::size_t units) const {
        std::size_t node = leaf;
        for (std::size_t level = 0; level < height_; ++level, node /= width) {
            // On each level only what lies behind the node the search came from; then one level up.
            const std::size_t line = node / width;
            const std::uint64_t mask = fitting(level, line, units) & behind(node % width);
            if (mask != 0) return descend(level, line * width + lowest(mask), units);
        }
        return none;
    }

    /// A leaf's holes have changed. The change rises only as far as it can be seen.
    [[gnu::always_inline]] void set(std::size_t leaf, Key key) {
        if (leaf >= reach_) [[unlikely]]
            heighten(leaf);
        const Key before = std::exchange(levels_[0][leaf / width][leaf % width], key);
        if (height_ > 1 && can_be_seen(1, leaf / width, before, key)) rise(leaf / width);
    }

    /// A hole of `units` has come into the leaf, perhaps in the place of holes that are smaller by
    /// two units at least: a freed block and the holes around it. Then what was known is enough.
    [[gnu::always_inline]] void grow(std::size_t leaf, std::size_t units) {
        if (leaf >= reach_) [[unlikely]]
            heighten(leaf);
        std::size_t node = leaf;
        for (std::size_t level = 0; level < height_; ++level, node /= width) {
            Key& key = levels_[level][node / width][node % width];
            key = grown(key, units);
        }
    }

private:
    static constexpr std::size_t width = Line::count;

    static constexpr std::size_t parents_of(std::size_t nodes) {
        return (nodes + width - 1) / width;
    }

    [[nodiscard]] Key key(std::size_t level, std::size_t node) const {
        return std::as_const(levels_[level][node / width])[node % width];
    }

    /// From a node in which the request fits down to the first leaf in which it does.
    [[nodiscard]] std::size_t descend(std::size_t level, std::size_t node,
                                      std::size_t units) const {
        while (level-- > 0) node = node * width + lowest(fitting(level, node, units));
        return node;
    }

    /// Which nodes in a line have a hole for `units`. Let `more` be a key less twice that:
    ///
    ///     0, 1        the largest is as large as asked for
    ///     2           the largest is one unit too large, and none fits exactly
    ///     3           the same, but one fits exactly
    ///     4 and up    the largest leaves 16 bytes or more
    ///
    /// So it fits from 0 on, but for 2. Exchanging 0 and 2 (and other neighbours, which does not
    /// matter) makes this one comparison with 0.
    [[nodiscard]] std::uint64_t fitting(std::size_t level, std::size_t line,
                                        std::size_t units) const {
        const auto more = levels_[level][line].all - make_key(units, false);
        return where_positive<Key>(more ^ 2);
    }

    /// A parent's key from its children's. All children are looked at at once.
    static Key combined(const Line& children) {
        const auto& keys = children.all;
        const Key largest = __builtin_reduce_max(keys);
        // A largest hole's own bit counts, and so does a child whose largest is one smaller.
        const Key smaller = static_cast<Key>((largest | 1) - 2);
        return static_cast<Key>(largest | Key{any((keys | 1) == smaller)});
    }

    /// The key once a hole of `units` is there as well. Both outcomes are computed.
    static Key grown(Key before, std::size_t units) {
        const std::size_t largest = static_cast<std::size_t>(before) / 2;
        const Key if_larger = make_key(units, units == largest + 1);
        const auto if_not = static_cast<Key>(before | (units + 1 == largest));
        return __builtin_unpredictable(units > largest) ? if_larger : if_not;
    }

    /// Whether what a child's key was or is reaches the two sizes that the parent knows of. A
    /// change among smaller holes cannot change the parent.
    [[nodiscard]] bool can_be_seen(std::size_t level, std::size_t parent, Key before,
                                   Key now) const {
        const int known = key(level, parent) & ~1;
        return (before != now) & (std::max(before, now) + 2 >= known);
    }

    /// Children of `node`, on level 1, have changed: so its key is made anew, and its parent's, as
    /// far up as the change can be seen.
    [[gnu::noinline]] void rise(std::size_t node) {
        for (std::size_t level = 1;; ++level, node /= width) {
            const Key now = combined(levels_[level - 1][node]);
            const Key before = std::exchange(levels_[level][node / width][node % width], now);
            if (level + 1 == height_) return;
            if (!can_be_seen(level + 1, node / width, before, now)) return;
        }
    }

    /// Adds levels on top until they reach over `leaf`. A new top knows only what the old one does:
    /// all else below it is empty.
    [[gnu::noinline]] void heighten(std::size_t leaf) {
        while (leaf >= reach_) {
            levels_[height_][0][0] = combined(levels_[height_ - 1][0]);
            ++height_;
            reach_ *= width;
        }
    }

    std::array<Line*, 6> levels_{};
    // So many levels are in use, and so many leaves lie below them.
    std::size_t height_ = 1;
    std::size_t reach_ = width;
};

}  // namespace heap44::mm
