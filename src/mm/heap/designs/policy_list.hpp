// SPDX-License-Identifier: MIT
// The linked list with its choices open: which hole to take, how to list holes, whether to join.
#pragma once

#include <cstddef>
#include <span>

#include "mm/heap/designs/design.hpp"
#include "mm/heap/designs/linked_list.hpp"
#include "mm/heap/designs/parts/policy.hpp"

namespace heap44::mm {

/// Holes, blocks and placement inside a hole are LinkedList's; what differs is the list. Three
/// choices of the textbook are open (Knuth, volume 1, section 2.5; Wilson and others' survey,
/// 1995):
///
/// fit: `first` stops soonest; `next` goes on where the last search ended, so that small holes do
/// not gather at the front; `best` keeps large holes whole and leaves crumbs; `worst` leaves large
/// rests.
///
/// order: by address, by size, or the lately freed first.
///
/// coalesce: off shows what joining is for.
///
/// With the default policy it gives the same addresses, more slowly: a hole is searched for, and
/// its place in the list and its neighbours by address are found, by a walk each. O(holes).
class PolicyList : LinkedList {
public:
    static constexpr const char* name = "linked-list";

    explicit PolicyList(std::span<std::byte> region, Policy policy = {})
        : LinkedList(region), policy_(policy) {}

    using LinkedList::block_size;
    using LinkedList::for_each_hole;
    using LinkedList::hole_fields;
    using LinkedList::obstacle;
    using LinkedList::stride;

    [[nodiscard]] Policy policy() const { return policy_; }
    /// Where next fit begins its search; null for the list's start, and under any other fit.
    [[nodiscard]] const std::byte* search_start() const {
        return policy_.fit == Fit::next ? reinterpret_cast<const std::byte*>(rover_) : nullptr;
    }

    [[nodiscard]] std::byte* allocate(Layout layout) {
        const std::size_t size = block_size(layout);
        Node* before = find(size, layout.align);
        return before == nullptr ? nullptr : take(*before, size, layout.align);
    }

    [[nodiscard]] std::byte* placement(Layout layout, auto&&) {
        const std::size_t size = block_size(layout);
        Node* before = find(size, layout.align);
        return before == nullptr ? nullptr : place(*before->next, size, layout.align);
    }

    void deallocate(std::byte* block, Layout layout) { release(block, block_size(layout)); }

    /// Shrinks where the rest can be a hole or join one, grows into the hole behind; else moves.
    [[nodiscard]] std::byte* reallocate(std::byte* block, Layout layout, std::size_t new_size) {
        const std::size_t size = block_size(layout);
        const std::size_t wanted = block_size({new_size, layout.align});
        if (wanted == size) return block;
        Node* before = before_hole_at(block + size);
        // A rest of 8 bytes cannot be a hole of its own: it must have one to join.
        if (wanted < size) {
            const bool joins = before != nullptr && policy_.coalesce == Coalesce::on;
            if (joins || size - wanted >= sizeof(Node)) {
                release(block + wanted, size - wanted);
                return block;
            }
        } else if (before != nullptr && place(*before->next, wanted - size, unit) != nullptr) {
            (void)take(*before, wanted - size, unit);
            return block;
        }
        return reallocate_by_copy(*this, block, layout, new_size);
    }

private:
    /// The node before the hole to take, or null: singly linked, a hole is unlinked from there. One
    /// walk serves all four fits. First fit ends at the first that fits, next fit at the first from
    /// the rover on; best and worst must see them all.
    Node* find(std::size_t size, std::size_t align) {
        Node* chosen = nullptr;
        bool reached_rover = rover_ == nullptr;
        for (Node* before = &head_; before->next != nullptr; before = before->next) {
            reached_rover = reached_rover || before->next == rover_;
            if (place(*before->next, size, align) == nullptr) continue;
            if (policy_.fit == Fit::first) return before;
            if (policy_.fit == Fit::next && reached_rover) return before;
            if (chosen == nullptr || is_better(*before->next, *chosen->next)) chosen = before;
        }
        return chosen;
    }

    /// Strictly, so that ties go to the first in the list. Under next fit it is the first hole in
    /// front of the rover that stays chosen: the one that a search going round comes to.
    [[nodiscard]] bool is_better(const Node& hole, const Node& chosen) const {
        if (policy_.fit == Fit::best) return hole.size < chosen.size;
        if (policy_.fit == Fit::worst) return hole.size > chosen.size;
        return false;
    }

    /// Takes a block out of the hole behind `before`. The next search of next fit starts at what is
    /// left, or at the hole's successor.
    std::byte* take(Node& before, std::size_t size, std::size_t align) {
        // A copy: the words may be written over by what the split leaves.
        const Node hole = *before.next;
        std::byte* start = bytes(before.next);
        std::byte* block = place(*before.next, size, align);
        const auto padding = static_cast<std::size_t>(block - start);
        const std::size_t rest = hole.size - padding - size;
        before.next = hole.next;
        Node* front = padding != 0 ? leave(before, start, padding) : nullptr;
        Node* place_of_back = front != nullptr ? front : &before;
        Node* back = rest != 0 ? leave(*place_of_back, block + size, rest) : nullptr;
        rover_ = front != nullptr ? front : back != nullptr ? back : hole.next;
        return block;
    }

    /// What a split leaves takes the hole's place, behind `before`, or its sorted place.
    Node* leave(Node& before, std::byte* at, std::size_t size) {
        if (policy_.order == Order::size) return insert(at, size);
        return before.next = make_hole(at, size, before.next);
    }

    /// Makes free memory a hole, together with the holes that it touches.
    void release(std::byte* at, std::size_t size) {
        bool joins_rover = false;
        Node* before = policy_.coalesce == Coalesce::on ? &head_ : nullptr;
        while (before != nullptr && before->next != nullptr) {
            Node* hole = before->next;
            const bool ends_here = bytes(hole) + hole->size == at;
            if (!ends_here && bytes(hole) != at + size) {
                before = hole;
                continue;
            }
            // What touches is taken out of the list, and the free memory grows by it. `before`
            // stays: the next hole may touch, too.
            if (ends_here) at = bytes(hole);
            size += hole->size;
            joins_rover = joins_rover || hole == rover_;
            before->next = hole->next;
        }
        Node* joined = insert(at, size);
        if (joins_rover) rover_ = joined;
    }

    /// The order says where in the list a hole belongs; `recent` puts it in front.
    Node* insert(std::byte* at, std::size_t size) {
        Node* before = &head_;
        while (before->next != nullptr && precedes(before->next, at, size)) before = before->next;
        return before->next = make_hole(at, size, before->next);
    }

    /// Whether a hole of the list stays in front of a new one. Of equal sizes the older comes
    /// first.
    [[nodiscard]] bool precedes(Node* listed, const std::byte* at, std::size_t size) const {
        if (policy_.order == Order::address) return bytes(listed) < at;
        if (policy_.order == Order::size) return listed->size <= size;
        return false;
    }

    /// The node before the hole at this address, or null where none starts there.
    [[nodiscard]] Node* before_hole_at(const std::byte* address) {
        for (Node* before = &head_; before->next != nullptr; before = before->next) {
            if (bytes(before->next) == address) return before;
        }
        return nullptr;
    }

    Policy policy_;
    // Where next fit goes on; null for the list's head.
    Node* rover_ = nullptr;
};
static_assert(Design<PolicyList>);

}  // namespace heap44::mm
