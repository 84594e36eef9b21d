// SPDX-License-Identifier: MIT
// The numbers of the buddy allocator's tree: from a node to its address and size, and back.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "lib/address.hpp"
#include "lib/align.hpp"

namespace heap44::mm {

/// A binary tree over a region, in numbers only, as in a binary heap. Node 1 is the whole tree, the
/// halves of node n are 2n and 2n + 1, and n ^ 1 is the buddy of n. The nodes of one level are
/// numbered from left to right, so a node's number tells its size and its address:
///
///     level 0                1                  the whole tree
///     level 1        2               3          halves of it
///     level 2    4       5       6       7      a node's level is the place of its first bit
///
/// Sizes are powers of two; the smallest are the leaves.
class BuddyTree {
public:
    static constexpr std::size_t smallest = 16;
    static constexpr std::size_t root = 1;

    /// The tree starts at a page, so that nodes up to a page are aligned to their own size wherever
    /// the region starts, and it may have to start before the region does.
    explicit BuddyTree(std::span<std::byte> region)
        : begin_(reinterpret_cast<std::uint64_t>(region.data())),
          end_(begin_ + region.size()),
          origin_(align_down(begin_, page_size)),
          size_(std::max(std::bit_ceil(end_ - origin_), smallest)) {}

    /// The most leaves that the tree of a region of this size can have, wherever that starts.
    [[nodiscard]] static std::size_t most_leaves(std::size_t region_size) {
        return std::bit_ceil(region_size + page_size) / smallest;
    }
    [[nodiscard]] std::size_t leaves() const { return size_ / smallest; }
    [[nodiscard]] std::size_t size() const { return size_; }
    /// Whether nodes as large as this alignment are aligned to it.
    [[nodiscard]] bool is_aligned_to(std::size_t align) const { return is_aligned(origin_, align); }

    /// The first bit that is set says the level; the bits behind it count from the left.
    [[nodiscard]] std::size_t level_of(std::size_t node) const {
        return static_cast<std::size_t>(std::bit_width(node)) - 1;
    }
    [[nodiscard]] std::size_t size_of(std::size_t node) const { return size_ >> level_of(node); }
    [[nodiscard]] std::byte* address_of(std::size_t node) const {
        return reinterpret_cast<std::byte*>(start_of(node));
    }
    /// The node of this size at this address. A level of nodes of `size` bytes begins with the
    /// number size_ / size, and each node further is one more.
    [[nodiscard]] std::size_t node_at(const std::byte* address, std::size_t size) const {
        return (size_ + (reinterpret_cast<std::uint64_t>(address) - origin_)) / size;
    }
    /// The last node of the level of nodes of this size.
    [[nodiscard]] std::size_t last_of_size(std::size_t size) const {
        return 2 * (size_ / size) - 1;
    }

    [[nodiscard]] bool is_leaf(std::size_t node) const { return node >= leaves(); }
    [[nodiscard]] bool is_inside(std::size_t node) const {
        return start_of(node) >= begin_ && start_of(node) + size_of(node) <= end_;
    }
    /// Whether it is worth splitting: a part of it can be used.
    [[nodiscard]] bool overlaps_region(std::size_t node) const {
        return start_of(node) < end_ && start_of(node) + size_of(node) > begin_;
    }

private:
    [[nodiscard]] std::uint64_t start_of(std::size_t node) const {
        return origin_ + (node * size_of(node) - size_);
    }

    std::uint64_t begin_;
    std::uint64_t end_;
    std::uint64_t origin_;
    std::size_t size_;
};

}  // namespace heap44::mm
