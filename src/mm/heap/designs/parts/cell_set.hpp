// SPDX-License-Identifier: MIT
// A set of cells of the heap that is asked above all for the last member before a cell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "mm/heap/designs/parts/lanes.hpp"
#include "mm/heap/ledger/address_set.hpp"

namespace heap44::mm {

/// Three levels, each a summary of the one below:
///
///     filled_groups_   an AddressSet: groups in which there is a filled leaf
///     groups_          a bit for each leaf: whether it has a member
///     leaves_          a bit for each cell: whether it is a member       64 cells are a leaf
///
/// The last member before a cell is mostly in the same leaf and nearly always in one of the 64
/// around it, but in which of the two cannot be foreseen. So both are looked up and one is chosen
/// without a branch. Only what lies further away needs the AddressSet.
///
/// Cost: three words are read in the common case.
class CellSet {
public:
    static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

    [[nodiscard]] static constexpr std::size_t words_needed(std::size_t leaves) {
        return leaves + groups_of(leaves) + AddressSet::words_needed(groups_of(leaves));
    }

    /// The set is empty. `words` holds `words_needed(leaves)`, zeroed, and outlives the set.
    CellSet(std::span<std::uint64_t> words, std::size_t leaves)
        : leaves_(words.data()),
          groups_(leaves_ + leaves),
          filled_groups_(words.subspan(leaves + groups_of(leaves)), groups_of(leaves)) {}

    /// The last member before `cell`, or `cell` itself where that `counts` and is a member.
    [[nodiscard, gnu::always_inline]] std::size_t last_before(std::size_t cell, bool counts) const {
        const std::size_t leaf = cell / 64;
        const std::uint64_t before = below(cell) | (std::uint64_t{counts} << (cell % 64));
        // `here` are the members before the cell in its own leaf, `near` the filled leaves before
        // it in its group.
        const std::uint64_t here = leaves_[leaf] & before;
        const std::uint64_t near = groups_[leaf / 64] & below(leaf);
        if ((here | near) == 0) [[unlikely]]
            return last_far_before(leaf / 64);
        // With a 1 that is always there the highest bit exists, also where nothing is near; what it
        // then says is not chosen.
        const std::size_t previous = leaf / 64 * 64 + highest(near | 1);
        const std::size_t chosen = __builtin_unpredictable(here != 0) ? leaf : previous;
        const std::uint64_t there = leaves_[previous];
        return chosen * 64 + highest(__builtin_unpredictable(here != 0) ? here : there);
    }

    /// Takes `cell` out and puts the `added` cells of its leaf in. Both at once, because a hole
    /// that moves mostly stays in its leaf: then no summary changes.
    [[gnu::always_inline]] void exchange(std::size_t cell, std::uint64_t added) {
        std::uint64_t& leaf = leaves_[cell / 64];
        const std::uint64_t members = (leaf & ~bit(cell)) | added;
        const bool was_empty = leaf == 0;
        leaf = members;
        if (was_empty != (members == 0)) [[unlikely]]
            flip(cell / 64);
    }

    static constexpr std::uint64_t bit(std::size_t number) {
        return std::uint64_t{1} << (number % 64);
    }

private:
    static constexpr std::size_t groups_of(std::size_t leaves) { return (leaves + 63) / 64; }
    static constexpr std::uint64_t below(std::size_t number) { return bit(number) - 1; }

    /// The leaf has got its first member or lost its last: so its bit in the group changes, and the
    /// group itself may be filled or empty now.
    [[gnu::noinline]] void flip(std::size_t leaf) {
        std::uint64_t& group = groups_[leaf / 64];
        group ^= bit(leaf);
        if (group == bit(leaf)) filled_groups_.insert(leaf / 64);
        if (group == 0) filled_groups_.erase(leaf / 64);
    }

    [[nodiscard, gnu::noinline]] std::size_t last_far_before(std::size_t group) const {
        if (group == 0) return none;
        const auto found = filled_groups_.last_up_to(group - 1);
        if (!found) return none;
        const std::size_t leaf = *found * 64 + highest(groups_[*found]);
        return leaf * 64 + highest(leaves_[leaf]);
    }

    std::uint64_t* leaves_;
    std::uint64_t* groups_;
    AddressSet filled_groups_;
};

}  // namespace heap44::mm
