// SPDX-License-Identifier: MIT
// The fixed-size block allocator: a list of equal blocks for each of a few sizes.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "mm/heap/designs/design.hpp"
#include "mm/heap/designs/linked_list.hpp"

namespace heap44::mm {

/// A request is rounded up to a size class, and any block of a class is as good as another. So the
/// free blocks of a class are a list that is only ever touched at its head, in constant time:
/// nothing is searched, split or joined.
///
///     heads_   8   16   32   64   128 ...
///                   |         |
///                 [next]    [next] -> [next]         the link lies in the free block itself
///
/// A class whose list is empty gets a new block from a linked list, and so do requests that are too
/// large for all classes. A block that once belongs to a class stays there: freed, it waits in its
/// class's list, and its memory never serves another size again. That is the price: a thousand
/// freed blocks of 64 bytes do not make one of 128. (Simple segregated storage, in the words of
/// Wilson and others' survey, 1995.)
class FixedSizeBlock {
public:
    static constexpr const char* name = "fixed-size-block";
    /// A free block of a class holds a `next` only, in the place of the size.
    static constexpr auto hole_fields = LinkedList::hole_fields;
    static constexpr std::array<std::size_t, 9> class_sizes{8,   16,  32,   64,  128,
                                                            256, 512, 1024, 2048};

    explicit FixedSizeBlock(std::span<std::byte> region) : fallback_(region) {}

    [[nodiscard]] std::byte* allocate(Layout layout) {
        const std::optional<std::size_t> index = class_of(layout);
        if (!index) return fallback_.allocate(layout);
        // The list works as a stack: the block that was freed last is the likeliest to be in the
        // cache.
        FreeBlock*& head = heads_[*index];
        if (head == nullptr) return fallback_.allocate(class_layout(*index));
        std::byte* block = bytes(head);
        head = head->next;
        return block;
    }

    [[nodiscard]] std::byte* placement(Layout layout, auto&& meet) const {
        const std::optional<std::size_t> index = class_of(layout);
        if (!index) return fallback_.placement(layout, meet);
        FreeBlock* head = heads_[*index];
        return head != nullptr ? bytes(head) : fallback_.placement(class_layout(*index), meet);
    }

    void deallocate(std::byte* block, Layout layout) {
        const std::optional<std::size_t> index = class_of(layout);
        if (!index) return fallback_.deallocate(block, layout);
        heads_[*index] = new (block) FreeBlock{heads_[*index]};
    }

    /// A block that stays in its class stays where it is: it was large enough before. A large one
    /// is the linked list's business. From one class to another there is only a copy.
    [[nodiscard]] std::byte* reallocate(std::byte* block, Layout layout, std::size_t new_size) {
        const std::optional<std::size_t> index = class_of(layout);
        const std::optional<std::size_t> wanted = class_of({new_size, layout.align});
        if (index && index == wanted) return block;
        if (!index && !wanted) return mm::reallocate(fallback_, block, layout, new_size);
        return reallocate_by_copy(*this, block, layout, new_size);
    }

    /// What the linked list takes for a block of the class: the smallest class is 8 bytes wide,
    /// room for its one link, and yet its blocks take 16, the least that the linked list gives.
    [[nodiscard]] static std::size_t block_size(Layout layout) {
        const std::optional<std::size_t> index = class_of(layout);
        return LinkedList::block_size(index ? class_layout(*index) : layout);
    }

    /// A free block serves its own class and no other. What the linked list has is cut to the size
    /// of a class.
    [[nodiscard]] static std::string_view obstacle(const Hole& hole, Layout layout) {
        const std::optional<std::size_t> index = class_of(layout);
        if (hole.front != sizeof(FreeBlock)) {
            return LinkedList::obstacle(hole, index ? class_layout(*index) : layout);
        }
        return index && block_size(layout) == hole.size ? "" : "kept for blocks of its own class";
    }

    [[nodiscard]] static std::size_t stride(Layout layout) {
        const std::optional<std::size_t> index = class_of(layout);
        return LinkedList::stride(index ? class_layout(*index) : layout);
    }

    /// The classes' free blocks, small classes first, then the linked list's holes.
    void for_each_hole(auto&& visit) const {
        for (std::size_t index = 0; index < heads_.size(); ++index) {
            const std::size_t size = LinkedList::block_size(class_layout(index));
            for (FreeBlock* block = heads_[index]; block != nullptr; block = block->next) {
                // Behind a class's last block comes the first of the next class that has any.
                std::byte* next =
                    block->next != nullptr ? bytes(block->next) : first_hole(index + 1);
                if (!visit(Hole{bytes(block), size, next, sizeof(FreeBlock)})) return;
            }
        }
        fallback_.for_each_hole(visit);
    }

private:
    struct FreeBlock {
        FreeBlock* next;
    };
    static_assert(sizeof(FreeBlock) == class_sizes.front(), "the smallest block holds a link");

    static std::byte* bytes(FreeBlock* block) { return reinterpret_cast<std::byte*>(block); }

    /// The smallest class that holds the size and, because its blocks are aligned to their own
    /// size, the alignment.
    static std::optional<std::size_t> class_of(Layout layout) {
        const std::size_t needed = std::max(layout.size, layout.align);
        const auto* found = std::ranges::lower_bound(class_sizes, needed);
        if (found == class_sizes.end()) return std::nullopt;
        return static_cast<std::size_t>(found - class_sizes.begin());
    }

    /// What a class asks of the linked list. Aligned to its own size, a block suits every request
    /// of its class; that makes them interchangeable.
    static Layout class_layout(std::size_t index) {
        return {.size = class_sizes[index], .align = class_sizes[index]};
    }

    /// The first hole of the classes from `index` on, or of the linked list.
    [[nodiscard]] std::byte* first_hole(std::size_t index) const {
        for (; index < heads_.size(); ++index) {
            if (heads_[index] != nullptr) return bytes(heads_[index]);
        }
        std::byte* first = nullptr;
        fallback_.for_each_hole([&](const Hole& hole) {
            first = hole.address;
            return false;
        });
        return first;
    }

    LinkedList fallback_;
    std::array<FreeBlock*, class_sizes.size()> heads_{};
};
static_assert(Design<FixedSizeBlock>);

}  // namespace heap44::mm
