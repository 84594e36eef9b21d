// SPDX-License-Identifier: MIT
// The linked list again, the same holes in the same memory, but no longer searched by walking.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <optional>
#include <span>

#include "mm/heap/designs/indexed_list.hpp"

namespace heap44::mm {

/// Places every block where LinkedList would, and leaves the same words in the heap: whoever looks
/// at the memory cannot tell the two apart. What differs is how a hole is found. An index beside
/// the heap (4 % of its size) answers "the first hole that fits" and "the last hole before this
/// address" in a number of steps that grows with the logarithm of the heap's size.
///
///     holes    0 ......... 16 ......... 48 .........
///     index    dropped below 16   made above 48
///
/// A list of a few holes is walked faster than any index is kept. So the index is made when the
/// holes become many, and dropped when they have become few; in between there is room, lest a heap
/// at the border makes and drops it all the time.
///
/// Each operation is short enough that the way to it counts: what a walk needs is inlined, what the
/// index needs is called.
class Indexed : IndexedList {
public:
    static constexpr const char* name = "indexed";

    [[nodiscard]] static constexpr std::size_t metadata_bytes(std::size_t region_size) {
        return HoleIndex::bytes_needed(region_size);
    }

    Indexed(std::span<std::byte> region, std::span<std::byte> metadata)
        : IndexedList(region, metadata) {}

    using LinkedList::hole_fields;
    using LinkedList::holes_are_gaps;

    using LinkedList::block_size;
    using LinkedList::for_each_hole;
    using LinkedList::obstacle;
    using LinkedList::stride;

    [[nodiscard, gnu::always_inline]] std::byte* allocate(Layout layout) {
        const std::size_t size = block_size(layout);
        if (must_look_up()) [[unlikely]]
            return allocate_indexed(size, layout.align);
        // Every hole starts at a multiple of 8: an alignment up to that asks for nothing.
        if (layout.align > unit) [[unlikely]]
            return allocate_walking(size, layout.align);
        for (Node* before = &head_; Node* hole = before->next; before = hole) {
            if (!fits(*hole, size)) continue;
            hole_count_ += split(*before, *hole, bytes(hole), size);
            return bytes(hole);
        }
        return nullptr;
    }

    [[nodiscard]] std::byte* placement(Layout layout, auto&& meet) const {
        if (!has_index()) return LinkedList::placement(layout, meet);
        return find_indexed(block_size(layout), layout.align, meet);
    }

    /// Whether the next operation reads the words of those holes only that lie around the block
    /// that it takes or gives back. (To make or drop the index takes all.)
    [[nodiscard]] bool meets_few_holes() const {
        return has_index() && hole_count_ > few_holes + 2;
    }

    [[gnu::always_inline]] void deallocate(std::byte* block, Layout layout) {
        const std::size_t size = block_size(layout);
        if (must_look_up()) [[unlikely]]
            return deallocate_indexed(block, size);
        hole_count_ += link(last_before(block), block, size);
    }

    [[nodiscard, gnu::always_inline]] std::byte* reallocate(std::byte* block, Layout layout,
                                                            std::size_t new_size) {
        const Layout wanted{new_size, layout.align};
        const bool is_resized = must_look_up()
                                    ? resize_indexed(block, block_size(layout), block_size(wanted))
                                    : resize_walking(block, block_size(layout), block_size(wanted));
        return is_resized ? block : move(block, layout, wanted);
    }

private:
    /// One comparison for two questions: `most_holes_` is 48 while there is no index, and 15, which
    /// there are always more than, while there is one.
    [[nodiscard]] bool must_look_up() const { return hole_count_ > most_holes_; }

    [[gnu::noinline]] std::byte* move(std::byte* block, Layout layout, Layout wanted) {
        // The new block first: where there is none the old one stays as it was.
        std::byte* moved = allocate(wanted);
        if (moved == nullptr) return nullptr;
        std::memcpy(moved, block, std::min(layout.size, wanted.size));
        deallocate(block, layout);
        return moved;
    }

    // --- without the index ---

    /// What place() comes to where every hole is aligned.
    static bool fits(const Node& hole, std::size_t size) {
        if (hole.size < size) return false;
        const std::size_t rest = hole.size - size;
        return rest == 0 || rest >= sizeof(Node);
    }

    [[gnu::noinline]] std::byte* allocate_walking(std::size_t size, std::size_t align) {
        for (Node* before = &head_; Node* hole = before->next; before = hole) {
            std::byte* block = place(*hole, size, align);
            if (block == nullptr) continue;
            hole_count_ += split(*before, *hole, block, size);
            return block;
        }
        return nullptr;
    }

    [[gnu::always_inline]] bool resize_walking(std::byte* block, std::size_t size,
                                               std::size_t new_size) {
        const std::optional<int> more = move_end(last_before(block), block, size, new_size);
        if (more) hole_count_ += *more;
        return more.has_value();
    }
};
static_assert(Design<Indexed>);

}  // namespace heap44::mm
