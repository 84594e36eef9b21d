// SPDX-License-Identifier: MIT
// The binary buddy allocator: blocks are halves of halves of the region, and join again in pairs.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "lib/carver.hpp"
#include "mm/heap/designs/design.hpp"
#include "mm/heap/designs/parts/buddy_tree.hpp"
#include "mm/heap/designs/parts/tree_node.hpp"
#include "mm/heap/ledger/address_set.hpp"

namespace heap44::mm {

/// The binary buddy system (Knowlton, 1965; Knuth, volume 1, section 2.5). Every block is a node of
/// a binary tree over the region, and its size a power of two. The two halves of a node are
/// buddies:
///
///     64 KiB                                1
///     32 KiB                2                               3
///     16 KiB        4               5               6               7
///
/// Node 5's buddy is 4: the number with its last bit flipped. So nobody searches for a neighbour,
/// and no block carries a header.
///
/// A request takes the smallest free node that is large enough, the lowest of them, and halves it
/// until it fits. A freed node joins its buddy if that is free, and so on upwards. Two sets of node
/// numbers, outside the region, are all the state: which nodes are free, which are split. What lies
/// outside the region never becomes free: 100 KiB are nodes of 64, 32 and 4 KiB.
///
/// Invariant: two buddies are never both free. Cost: O(log size) steps each; the price is padding,
/// for a request of 65 bytes takes 128.
class Buddy {
public:
    static constexpr const char* name = "buddy";
    static constexpr std::array<HoleField, 0> hole_fields{};

    using Node = TreeNode;
    using State = TreeNode::State;

    [[nodiscard]] static std::size_t metadata_bytes(std::size_t region_size) {
        return memory_for(BuddyTree::most_leaves(region_size)).bytes();
    }

    Buddy(std::span<std::byte> region, std::span<std::byte> metadata) : tree_(region) {
        const auto [free, split] = memory_for(tree_.leaves()).carve(metadata);
        free_ = AddressSet(free, 2 * tree_.leaves());
        split_ = AddressSet(split, tree_.leaves());
        give(BuddyTree::root);
    }

    [[nodiscard]] std::byte* allocate(Layout layout) {
        const std::size_t size = block_size(layout);
        const std::optional<std::size_t> node = find(size, layout.align);
        if (!node) return nullptr;
        free_.erase(*node);
        free_bytes_ -= size;
        return tree_.address_of(halve(*node, size));
    }

    [[nodiscard]] std::byte* placement(Layout layout, auto&&) const {
        const std::optional<std::size_t> node = find(block_size(layout), layout.align);
        return node ? tree_.address_of(*node) : nullptr;
    }

    void deallocate(std::byte* block, Layout layout) {
        std::size_t node = tree_.node_at(block, block_size(layout));
        // Upwards, as long as the other half is free: both become their parent, node / 2.
        for (; node != BuddyTree::root && free_.contains(node ^ 1); node /= 2) {
            join_with_buddy(node);
        }
        free_.insert(node);
        free_bytes_ += block_size(layout);
    }

    /// Shrinks by giving back right halves; grows as long as it is a left half whose buddy is free.
    /// A right half cannot grow in place: the larger node starts before it.
    [[nodiscard]] std::byte* reallocate(std::byte* block, Layout layout, std::size_t new_size) {
        const std::size_t size = block_size(layout);
        const std::size_t wanted = block_size({new_size, layout.align});
        std::size_t node = tree_.node_at(block, size);
        if (!can_grow(node, wanted)) return reallocate_by_copy(*this, block, layout, new_size);
        // Only one of these two loops has anything to do.
        for (; tree_.size_of(node) < wanted; node /= 2) join_with_buddy(node);
        (void)halve(node, wanted);
        free_bytes_ = free_bytes_ + size - wanted;
        return block;
    }

    /// A power of two: at least 16, and at least the alignment. The largest size stands for what no
    /// power of two in 64 bits can hold; no tree is that large.
    [[nodiscard]] static std::size_t block_size(Layout layout) {
        const std::size_t needed = std::max({layout.size, layout.align, BuddyTree::smallest});
        constexpr std::size_t largest = std::size_t{1} << 63;
        return needed > largest ? std::numeric_limits<std::size_t>::max() : std::bit_ceil(needed);
    }

    /// A node is aligned to its own size, as far as the tree's start is.
    [[nodiscard]] std::string_view obstacle(const Hole& hole, Layout layout) const {
        if (block_size(layout) > hole.size) return "too small for a whole block";
        return tree_.is_aligned_to(layout.align) ? "" : "the tree begins at no such multiple";
    }

    [[nodiscard]] std::size_t used_bytes(std::size_t region_size) const {
        return region_size - free_bytes_;
    }

    /// The free nodes, the smallest first, and by address among equals: that is also the order in
    /// which `find` prefers them.
    void for_each_hole(auto&& visit) const {
        std::optional<std::size_t> node = free_behind(2 * tree_.leaves());
        while (node) {
            const std::optional<std::size_t> next = free_behind(*node);
            std::byte* next_address = next ? tree_.address_of(*next) : nullptr;
            if (!visit(Hole{tree_.address_of(*node), tree_.size_of(*node), next_address})) return;
            node = next;
        }
    }

    /// Calls `visit(Node)` for each node of the tree, a node before its halves, the left one first.
    void for_each_node(auto&& visit) const { walk(BuddyTree::root, visit); }

private:
    /// The words of both sets.
    static Carver<std::uint64_t, std::uint64_t> memory_for(std::size_t leaves) {
        return {AddressSet::words_needed(2 * leaves), AddressSet::words_needed(leaves)};
    }
    /// The lowest of the smallest free nodes that are large enough.
    [[nodiscard]] std::optional<std::size_t> find(std::size_t size, std::size_t align) const {
        if (size > tree_.size() || !tree_.is_aligned_to(align)) return std::nullopt;
        // A level's nodes have numbers from 2^level up to 2^(level + 1) - 1, and larger nodes have
        // smaller numbers. So the last free node up to the end of this size's level is of the
        // smallest size that is large enough; the first of that level is the lowest address.
        const std::optional<std::size_t> last = free_.last_up_to(tree_.last_of_size(size));
        return last ? free_.first_from(std::bit_floor(*last)) : std::nullopt;
    }

    /// At the start: frees the largest nodes that lie wholly in the region.
    void give(std::size_t node) {
        if (tree_.is_inside(node)) {
            free_.insert(node);
            free_bytes_ += tree_.size_of(node);
        } else if (tree_.overlaps_region(node) && !tree_.is_leaf(node)) {
            split_.insert(node);
            give(2 * node);
            give(2 * node + 1);
        }
    }

    /// Halves a node down to `size`. The right halves become free; the left one that remains is the
    /// answer.
    std::size_t halve(std::size_t node, std::size_t size) {
        while (tree_.size_of(node) > size) {
            split_.insert(node);
            node *= 2;
            free_.insert(node + 1);
        }
        return node;
    }

    /// The buddy is free no more, and their parent split no more: whoever calls goes on there.
    void join_with_buddy(std::size_t node) {
        free_.erase(node ^ 1);
        split_.erase(node / 2);
    }

    /// Asked before anything changes: a block that cannot grow far enough is not to grow half the
    /// way.
    [[nodiscard]] bool can_grow(std::size_t node, std::size_t wanted) const {
        for (; tree_.size_of(node) < wanted; node /= 2) {
            const bool is_left_half = node % 2 == 0;
            if (!is_left_half || !free_.contains(node + 1)) return false;
        }
        return true;
    }

    /// The free node that comes behind `node`: the next of its size, or the first of the next
    /// larger size that has any. Larger nodes have smaller numbers, so that one is searched
    /// downwards.
    [[nodiscard]] std::optional<std::size_t> free_behind(std::size_t node) const {
        const std::size_t first_of_level = std::bit_floor(node);
        const std::optional<std::size_t> same_size = free_.first_from(node + 1);
        if (same_size && *same_size < 2 * first_of_level) return same_size;
        if (first_of_level == BuddyTree::root) return std::nullopt;
        const std::optional<std::size_t> larger = free_.last_up_to(first_of_level - 1);
        return larger ? free_.first_from(std::bit_floor(*larger)) : std::nullopt;
    }

    /// A node that is neither free nor split is a block, or lies outside.
    [[nodiscard]] State state_of(std::size_t node) const {
        if (free_.contains(node)) return State::free;
        if (!tree_.is_leaf(node) && split_.contains(node)) return State::split;
        return tree_.is_inside(node) ? State::used : State::outside;
    }

    void walk(std::size_t node, auto&& visit) const {
        const State state = state_of(node);
        visit(Node{tree_.level_of(node), tree_.address_of(node), tree_.size_of(node), state});
        if (state != State::split) return;
        walk(2 * node, visit);
        walk(2 * node + 1, visit);
    }

    BuddyTree tree_;
    AddressSet free_;
    AddressSet split_;
    std::size_t free_bytes_ = 0;
};
static_assert(Design<Buddy>);

}  // namespace heap44::mm
