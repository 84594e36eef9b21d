// SPDX-License-Identifier: MIT
// The linked list's operations with an index beside them: what LinkedList finds by walking is
// looked up.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>

#include "mm/heap/designs/linked_list.hpp"
#include "mm/heap/designs/parts/hole_index.hpp"

namespace heap44::mm {

/// A LinkedList that can make itself an index of its holes and drop it again. The words in the heap
/// are written as LinkedList writes them; the index (HoleIndex) only says where to look.
///
/// Each operation has three steps: it asks the index for the hole and for the one before it, writes
/// the holes' words, and tells the index what has changed. Invariant: while there is an index it
/// knows every hole by address, and all but the last one by size.
///
/// Time goes into branches that the processor cannot foresee: a hole is split or used up, joined
/// with a neighbour or not, at random. There both outcomes are computed and one is chosen
/// (`__builtin_unpredictable`), which costs less than guessing wrong.
class IndexedList : protected LinkedList {
protected:
    // As long as there is an index there are holes enough to have a last one and one before that.
    static constexpr std::ptrdiff_t many_holes = 48;
    static constexpr std::ptrdiff_t few_holes = 16;

    IndexedList(std::span<std::byte> region, std::span<std::byte> metadata)
        : LinkedList(region), index_(region_of_holes(region), metadata) {
        if (head_.next != nullptr) hole_count_ = 1;
    }

    /// `most_holes_` tells: it is `many_holes` only while there is none.
    [[nodiscard]] bool has_index() const { return most_holes_ != many_holes; }

    /// First fit: the first hole that the tree of sizes finds, else the last hole.
    [[gnu::noinline]] std::byte* allocate_indexed(std::size_t size, std::size_t align) {
        if (!has_index()) [[unlikely]]
            make_index();
        const HoleIndex::Entry found = index_.first_fit(size);
        if (align > unit) return allocate_aligned(found.hole, size, align);
        return found.hole != nullptr ? take_front(found, size) : take_from_last(size);
    }

    [[gnu::noinline]] void deallocate_indexed(std::byte* block, std::size_t size) {
        if (!has_index()) [[unlikely]]
            make_index();
        const HoleIndex::Entry found = index_.last_before(block);
        // A hole that starts where the block ends is joined. 0 says that there is none, and of the
        // last hole the index does not know the size.
        std::size_t next_size = index_.size_at(block + size);
        if (block + size == bytes(last_)) [[unlikely]]
            next_size = last_->size;
        Node& before = node_or_head(found.hole);
        Node* next = before.next;
        if (next == nullptr) return deallocate_at_end(before, block, size);
        const bool joins_next = next_size != 0;
        const bool joins_before = found.hole + found.size == block;
        // The words are written as LinkedList writes them, joined or not.
        Node* behind = next->next;
        if (!__builtin_unpredictable(joins_next)) behind = next;
        Node* freed = make_hole(block, size + next_size, behind);
        before = {found.size + (joins_before ? freed->size : 0), joins_before ? behind : freed};
        Node& grown = joins_before ? before : *freed;
        note_growth(joins_next ? *next : grown, grown, joins_before);
        // One hole more, and one less for each that it was joined with.
        hole_count_ += 1;
        hole_count_ -= joins_next + joins_before;
        if (hole_count_ < few_holes) [[unlikely]]
            drop_index();
    }

    /// False where the block cannot change its size in place; nothing has changed then.
    [[gnu::noinline]] bool resize_indexed(std::byte* block, std::size_t size,
                                          std::size_t new_size) {
        if (!has_index()) [[unlikely]]
            make_index();
        Node& before = node_or_head(index_.last_before(block).hole);
        Node* old_next = before.next;
        const std::optional<int> more = move_end(before, block, size, new_size);
        if (!more) return false;
        // The hole behind the block may have moved, come or gone: the index is told of both sides.
        const bool had_hole = bytes(old_next) == block + size;
        const bool has_hole = bytes(before.next) == block + new_size;
        note_resize(before, had_hole ? old_next : nullptr, has_hole ? before.next : nullptr);
        hole_count_ += *more;
        if (hole_count_ < few_holes) drop_index();
        return true;
    }

    /// Where `allocate_indexed` would place a block.
    [[nodiscard]] std::byte* find_indexed(std::size_t size, std::size_t align, auto& meet) const {
        for (std::byte* hole = index_.first_fit(size).hole; hole != nullptr;
             hole = index_.next_fit(hole, size)) {
            meet(hole);
            if (std::byte* block = place(node(hole), size, align)) return block;
        }
        meet(bytes(last_));
        return place(*last_, size, align);
    }

    std::ptrdiff_t hole_count_ = 0;
    /// A list of so many holes is walked.
    std::ptrdiff_t most_holes_ = many_holes;

private:
    static Node& node(std::byte* hole) { return *reinterpret_cast<Node*>(hole); }

    /// Holes start at multiples of 8 from here on, wherever the region starts.
    static std::span<std::byte> region_of_holes(std::span<std::byte> region) {
        const auto start = reinterpret_cast<std::uint64_t>(region.data());
        return region.subspan(std::min<std::size_t>(align_up(start, unit) - start, region.size()));
    }

    /// `hole` is large enough, but maybe not where the alignment wants the block to start. So the
    /// holes that are large enough are tried one by one, as first fit would.
    [[gnu::noinline]] std::byte* allocate_aligned(std::byte* hole, std::size_t size,
                                                  std::size_t align) {
        for (; hole != nullptr; hole = index_.next_fit(hole, size)) {
            std::byte* block = place(node(hole), size, align);
            if (block == hole) return take_front({hole, node(hole).size}, size);
            if (block != nullptr) return take_behind(node(hole), block, size);
        }
        std::byte* block = place(*last_, size, align);
        if (block == bytes(last_)) return take_from_last(size);
        return block != nullptr ? take_behind(*last_, block, size) : nullptr;
    }

    /// Takes a block from the start of a hole that is not the last one.
    [[gnu::always_inline]] std::byte* take_front(HoleIndex::Entry hole, std::size_t size) {
        std::byte* block = hole.hole;
        Node& before = node_or_head(index_.before_hole(block));
        Node* next = node(block).next;
        const std::size_t rest_size = hole.size - size;
        // What is left becomes a hole; if nothing is, its words go where nobody reads them.
        const bool has_rest = rest_size != 0;
        std::byte* rest = __builtin_unpredictable(has_rest) ? block + size : block;
        Node* words = __builtin_unpredictable(has_rest) ? &node(rest) : &nowhere_;
        *words = {rest_size, next};
        before.next = __builtin_unpredictable(has_rest) ? words : next;
        index_.shrink(block, rest, rest_size, has_rest);
        hole_count_ -= !has_rest;
        if (hole_count_ < few_holes) [[unlikely]]
            drop_index();
        return block;
    }

    /// Takes a block from the middle or the end of a hole: what lies in front of it stays a hole.
    std::byte* take_behind(Node& hole, std::byte* block, std::size_t size) {
        // The hole keeps its start, so whose `next` leads to it does not matter: any node will do.
        const bool has_rest = split(head_, hole, block, size) != 0;
        note(hole);
        if (!has_rest) return block;
        note(*hole.next);
        if (&hole == last_) last_ = hole.next;
        ++hole_count_;
        return block;
    }

    /// The common case of a heap that grows: the last hole gives a block off its front and moves
    /// on. The index is only told where it starts now.
    std::byte* take_from_last(std::size_t size) {
        std::byte* block = bytes(last_);
        if (place(*last_, size, unit) == nullptr) return nullptr;
        Node& before = node_or_head(index_.before_hole(block));
        const std::size_t rest_size = last_->size - size;
        if (rest_size == 0) return take_last(before);
        before.next = last_ = make_hole(block + size, rest_size, nullptr);
        index_.move(block, block + size);
        return block;
    }

    /// Takes the whole last hole.
    [[gnu::noinline]] std::byte* take_last(Node& before) {
        std::byte* block = bytes(last_);
        before.next = nullptr;
        last_ = &before;
        index_.remove(block);
        note(before);
        if (--hole_count_ < few_holes) drop_index();
        return block;
    }

    /// A block behind the last hole is freed: it becomes the last one, or a part of it. The hole
    /// that was last until now is found by size from here on.
    [[gnu::noinline]] void deallocate_at_end(Node& before, std::byte* block, std::size_t size) {
        const bool is_joined = link(before, block, size) == 0;
        if (is_joined) return;
        last_ = before.next;
        note(before);
        note(*last_);
        ++hole_count_;
    }

    // --- what the index is told ---

    /// The list's head has no address in the heap: the index says null for it.
    Node& node_or_head(std::byte* hole) { return hole != nullptr ? node(hole) : head_; }

    /// The last hole is nearly always that part of the heap that no one has needed yet: the largest
    /// hole, and another one with each block taken from it. To leave its size out of the index (0)
    /// spares it all these changes; the last hole is looked at when nothing else fits.
    void note(Node& hole) {
        if (&hole != &head_) index_.put(bytes(&hole), hole.next != nullptr ? hole.size : 0);
    }

    /// `grown` came or grew to its size, and swallowed `other`, if that is another hole.
    [[gnu::always_inline]] void note_growth(Node& other, Node& grown, bool had_size) {
        if (grown.next != nullptr) return index_.grow(bytes(&other), bytes(&grown), grown.size);
        last_ = &grown;
        index_.move(bytes(&other), bytes(&grown));
        if (had_size) note(grown);
    }

    void note_resize(Node& before, Node* old_hole, Node* hole) {
        if (old_hole != nullptr) index_.remove(bytes(old_hole));
        if (hole != nullptr) note(*hole);
        note(before);
        Node* behind = hole != nullptr ? hole : &before;
        if (behind->next == nullptr) last_ = behind;
    }

    /// One walk over all holes. The border moves down with it, so that the index then stays.
    [[gnu::noinline]] void make_index() {
        most_holes_ = few_holes - 1;
        for (Node* hole = head_.next; hole != nullptr; hole = hole->next) {
            note(*hole);
            last_ = hole;
        }
    }

    /// Empties the index hole by hole: fewer than 16 are left, its memory is large.
    [[gnu::noinline]] void drop_index() {
        most_holes_ = many_holes;
        for (Node* hole = head_.next; hole != nullptr; hole = hole->next) {
            index_.remove(bytes(hole));
        }
    }

    HoleIndex index_;
    Node* last_ = nullptr;
    // Takes the words of a rest that is none.
    Node nowhere_{0, nullptr};
};

}  // namespace heap44::mm
