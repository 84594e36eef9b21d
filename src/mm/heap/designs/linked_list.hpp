// SPDX-License-Identifier: MIT
// The linked-list allocator: free memory keeps the list of itself, blocks carry nothing.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "lib/align.hpp"
#include "mm/heap/designs/design.hpp"

namespace heap44::mm {

/// Address-ordered first fit over a singly linked list of holes (Knuth, volume 1, section 2.5).
/// Each hole holds its own two words, `{size, next}`, in the memory it describes; only the list's
/// head stands outside. Blocks have no header: their size comes back with the layout at
/// deallocation.
///
///     head --> [size next .....] ##blocks## [size next ...] ##### [size next ........]
///                     |                     ^      |              ^
///                     +---------------------+      +--------------+
///
/// First fit takes the first hole that is large enough, so it has to walk; in return it fills the
/// heap from the front and leaves the large hole at the end alone. The list is in address order
/// because then a freed block's neighbours in memory are its neighbours in the list: two
/// comparisons tell whether they touch. They are joined at once, so two holes never touch.
///
/// Cost: allocation and deallocation walk the list, O(holes). The placement is that of the Rust
/// crate linked_list_allocator 0.9 and 0.10.
class LinkedList {
public:
    static constexpr const char* name = "linked-list";
    static constexpr std::array<HoleField, 2> hole_fields{{{"size", 0, 8}, {"next", 8, 8}}};
    /// Between two blocks there is one hole, or nothing.
    static constexpr bool holes_are_gaps = true;

    /// The first hole is the whole region, shrunk to multiples of 8 bytes.
    explicit LinkedList(std::span<std::byte> region) {
        const std::uint64_t begin = align_up(reinterpret_cast<std::uint64_t>(region.data()), unit);
        const std::uint64_t end =
            align_down(reinterpret_cast<std::uint64_t>(region.data() + region.size()), unit);
        if (end > begin && end - begin >= sizeof(Node)) {
            head_.next = make_hole(reinterpret_cast<std::byte*>(begin), end - begin, nullptr);
        }
    }

    [[nodiscard]] std::byte* allocate(Layout layout) {
        const std::size_t size = block_size(layout);
        // Singly linked: to take a hole out, one needs the node before it.
        for (Node* before = &head_; Node* hole = before->next; before = hole) {
            if (std::byte* block = place(*hole, size, layout.align)) {
                split(*before, *hole, block, size);
                return block;
            }
        }
        return nullptr;
    }

    /// Where `allocate` would place a block; `meet(hole)` is called before its words are believed.
    [[nodiscard]] std::byte* placement(Layout layout, auto&& meet) const {
        const std::size_t size = block_size(layout);
        for (Node* hole = head_.next; hole != nullptr; hole = hole->next) {
            meet(bytes(hole));
            if (std::byte* block = place(*hole, size, layout.align)) return block;
        }
        return nullptr;
    }

    void deallocate(std::byte* block, Layout layout) {
        link(last_before(block), block, block_size(layout));
    }

    /// In place where the free memory behind the block allows it, else allocate, copy, free.
    [[nodiscard]] std::byte* reallocate(std::byte* block, Layout layout, std::size_t new_size) {
        const std::size_t size = block_size(layout);
        const Layout wanted{new_size, layout.align};
        if (move_end(last_before(block), block, size, block_size(wanted))) return block;
        std::byte* moved = allocate(wanted);
        if (moved == nullptr) return nullptr;
        std::memcpy(moved, block, std::min(layout.size, new_size));
        deallocate(block, layout);
        return moved;
    }

    /// `max(size, 16)` rounded up to 8: a freed block must hold a hole's two words. The largest
    /// size stands for what cannot be rounded; no hole is that large.
    [[nodiscard]] static std::size_t block_size(Layout layout) {
        return checked_align_up(std::max(layout.size, sizeof(Node)), unit)
            .value_or(std::numeric_limits<std::size_t>::max());
    }

    /// Which of the three rules of `place_in` leaves the block no place.
    [[nodiscard]] static std::string_view obstacle(const Hole& hole, Layout layout) {
        const std::size_t size = block_size(layout);
        if (hole.size < size) return "too small";
        const auto fits = [&](std::size_t room) {
            return place_in(hole.address, room, size, layout.align) != nullptr;
        };
        if (fits(hole.size)) return {};
        return fits(hole.size - unit) ? "8 bytes would be left, too few for a hole"
                                      : padding_is_in_the_way;
    }

    /// What lies between two blocks is padding, and so a hole.
    [[nodiscard]] static std::size_t stride(Layout layout) {
        const std::size_t size = block_size(layout);
        return is_aligned(size, layout.align) ? size : align_up(size + sizeof(Node), layout.align);
    }

    void for_each_hole(auto&& visit) const {
        for (Node* hole = head_.next; hole != nullptr; hole = hole->next) {
            if (!visit(Hole{bytes(hole), hole->size, bytes(hole->next), sizeof(Node)})) return;
        }
    }

protected:
    struct Node {
        std::size_t size;
        Node* next;
    };
    static constexpr std::size_t unit = 8;
    static_assert(sizeof(Node) == 16, "two words: the smallest block must be able to hold them");

    static std::byte* bytes(Node* node) { return reinterpret_cast<std::byte*>(node); }

    static Node* make_hole(std::byte* at, std::size_t size, Node* next) {
        return new (at) Node{size, next};
    }

    static std::byte* place(Node& hole, std::size_t size, std::size_t align) {
        return place_in(bytes(&hole), hole.size, size, align);
    }

    /// Where a block of `size` bytes would start in a hole of `room` bytes, or null. Padding in
    /// front must be able to stay behind as a hole, and so must what is left at the end, if
    /// anything is.
    static std::byte* place_in(std::byte* hole, std::size_t room, std::size_t size,
                               std::size_t align) {
        if (room < size) return nullptr;
        const auto begin = reinterpret_cast<std::uint64_t>(hole);
        std::uint64_t start = begin;
        // Padding is at least a hole's two words, so the block starts that much further or more.
        if (!is_aligned(begin, align)) {
            start = checked_align_up(begin + sizeof(Node), align).value_or(begin + room);
        }
        const std::uint64_t padding = start - begin;
        // Compares with what is left: `start + size` might not fit into 64 bits.
        if (padding > room || size > room - padding) return nullptr;
        const std::size_t rest = room - padding - size;
        if (rest != 0 && rest < sizeof(Node)) return nullptr;
        return hole + padding;
    }

    /// Takes the block out of the hole; what lies in front of it and behind it stays in the list.
    /// The answer is how many holes there are more: -1, 0 or 1.
    static int split(Node& before, Node& hole, std::byte* block, std::size_t size) {
        const std::size_t padding = static_cast<std::size_t>(block - bytes(&hole));
        const std::size_t rest = hole.size - padding - size;
        Node* next = hole.next;
        if (rest != 0) next = make_hole(block + size, rest, next);
        if (padding == 0) {
            before.next = next;
        } else {
            hole = {padding, next};
        }
        return (padding != 0) + (rest != 0) - 1;
    }

    /// Puts a freed block into the list, behind `before`, and joins it with the holes that it
    /// touches. The later pair is joined first, for then the earlier join takes all three. The
    /// answer is how many holes there are more: -1, 0 or 1.
    int link(Node& before, std::byte* block, std::size_t size) {
        Node* freed = make_hole(block, size, before.next);
        before.next = freed;
        int more = 1;
        if (join_with_next(*freed)) --more;
        if (&before != &head_ && join_with_next(before)) --more;
        return more;
    }

    /// The last hole that starts before `block`, or the head.
    Node& last_before(const std::byte* block) {
        Node* before = &head_;
        while (before->next != nullptr && bytes(before->next) < block) before = before->next;
        return *before;
    }

    /// Moves a block's end, so that it has `new_size` bytes instead of `size`; the free memory
    /// directly behind it becomes smaller or larger. The answer is how many holes there are more:
    /// -1, 0 or 1. It is nothing, and nothing changes, where there is too little free memory, or
    /// where 8 bytes would be left: they cannot be a hole.
    static std::optional<int> move_end(Node& before, std::byte* block, std::size_t size,
                                       std::size_t new_size) {
        Node* behind = before.next;
        const bool is_near = behind != nullptr && bytes(behind) == block + size;
        const std::size_t room = is_near ? size + behind->size : size;
        if (new_size > room) return std::nullopt;
        const std::size_t rest = room - new_size;
        if (rest != 0 && rest < sizeof(Node)) return std::nullopt;
        Node* next = is_near ? behind->next : behind;
        before.next = rest != 0 ? make_hole(block + new_size, rest, next) : next;
        return (rest != 0) - is_near;
    }

    /// Joins a hole with the next one if they touch. Behind the last there is null, where no hole
    /// ends.
    static bool join_with_next(Node& hole) {
        Node* next = hole.next;
        if (bytes(&hole) + hole.size != bytes(next)) return false;
        hole = {hole.size + next->size, next->next};
        return true;
    }

    Node head_{0, nullptr};
};
static_assert(Design<LinkedList>);

}  // namespace heap44::mm
