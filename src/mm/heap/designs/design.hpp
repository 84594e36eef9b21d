// SPDX-License-Identifier: MIT
// The allocator interface, after Rust's GlobalAlloc: what every design offers, checked by the
// compiler.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

#include "lib/address.hpp"
#include "lib/align.hpp"
#include "mm/heap/designs/parts/guard_side.hpp"
#include "mm/heap/ledger/layout.hpp"

namespace heap44::mm {

class PageControl;

/// Free memory that a design can hand out: `size` bytes at `address`; `next` is the address of the
/// hole that follows in the design's own order, null behind the last.
struct Hole {
    std::byte* address;
    std::size_t size;
    std::byte* next;
    /// So many bytes at its start and at its end hold words of the design's own.
    std::size_t front = 0;
    std::size_t back = 0;
};

/// A word that a design keeps in each of its holes; `offset` from the hole's start, or, with
/// `at_end`, from its end backwards.
struct HoleField {
    std::string_view name;
    std::size_t offset;
    std::size_t size;
    bool at_end = false;
};

/// One way to manage a region of memory. Made from the region; null is the one way to fail, and a
/// request that fails changes nothing.
///
/// - `allocate(layout)`: the start of a block of at least `layout.size` bytes, aligned as asked, or
/// null.
/// - `deallocate(block, layout)`: gives back a block with the layout it was allocated with.
/// - `block_size(layout)`: the bytes that a block of this layout takes from the region, its padding
/// included.
/// - `for_each_hole(visit)`: calls `visit(Hole)` for each hole in the design's order, until it
/// answers false.
///
/// What follows is supplied; a design that can do better, or must, has members of these names:
///
/// - `allocate_zeroed(layout)` and `reallocate(block, layout, new_size)`, see below.
/// - `used_bytes(region_size)`: the bytes not in holes, where that is more than the live blocks'
/// sum.
/// - `for_each_node(visit)`: calls `visit(TreeNode)` for each node, a node before its halves, the
///   left one first; where blocks are kept in a tree, `heapmap` then shows it.
/// - `metadata_bytes(region_size)` (static): bytes that it keeps beside the region; it is then made
///   from the region and that memory (zeroed or not, aligned to 64).
/// - `hole_fields` (static): what it keeps in its holes, if anything; `for_each_hole` then says how
///   many bytes of each hole these are. Only memory of a design that says so is watched for damage,
///   because all else that is free there may then be overwritten.
/// - `obstacle(hole, layout)` and `stride(layout)`, see below: where more than its size decides
///   whether a block fits into a hole.
/// - `placement(layout, meet)`: where `allocate` would place a block now, or null; nothing is
///   changed. Calls `meet(hole)` before it believes a hole's words, if it does not need them all.
///
/// A design that is made from a PageControl and a GuardSide, too, has a window of addresses for its
/// region, in which nothing is mapped; see guard_page.hpp for what it has to offer then.
template <class D>
concept WindowDesign =
    std::constructible_from<D, std::span<std::byte>, std::span<std::byte>, PageControl&, GuardSide>;

template <class D>
concept Design =
    (std::constructible_from<D, std::span<std::byte>> ||
     std::constructible_from<D, std::span<std::byte>, std::span<std::byte>> || WindowDesign<D>) &&
    requires(D design, const D constant, Layout layout, std::byte* block, bool (*visit)(Hole)) {
        { D::name } -> std::convertible_to<const char*>;
        { design.allocate(layout) } -> std::same_as<std::byte*>;
        { design.deallocate(block, layout) } -> std::same_as<void>;
        { constant.block_size(layout) } -> std::same_as<std::size_t>;
        { constant.for_each_hole(visit) } -> std::same_as<void>;
    };

/// Whether a design says which of its free memory it needs.
template <class D>
inline constexpr bool tells_its_words = requires { D::hole_fields.size(); };

/// A block whose `layout.size` bytes are zero, or null.
template <Design D>
[[nodiscard]] std::byte* allocate_zeroed(D& design, Layout layout) {
    // A member of that name is taken: guard-page's fresh pages are zero, and are not written twice.
    if constexpr (requires { design.allocate_zeroed(layout); }) {
        return design.allocate_zeroed(layout);
    } else {
        std::byte* block = design.allocate(layout);
        if (block != nullptr) std::memset(block, 0, layout.size);
        return block;
    }
}

/// The way to resize that is always there: a new block, a copy, and the old one given back.
template <class D>
[[nodiscard]] std::byte* reallocate_by_copy(D& design, std::byte* block, Layout layout,
                                            std::size_t new_size) {
    std::byte* moved = design.allocate({new_size, layout.align});
    if (moved == nullptr) return nullptr;
    std::memcpy(moved, block, std::min(layout.size, new_size));
    design.deallocate(block, layout);
    return moved;
}

/// Moves or resizes a block to `new_size` bytes with the same alignment; the first
/// `min(layout.size, new_size)` bytes are kept. Null leaves the block as it was.
template <Design D>
[[nodiscard]] std::byte* reallocate(D& design, std::byte* block, Layout layout,
                                    std::size_t new_size) {
    if constexpr (requires { design.reallocate(block, layout, new_size); }) {
        return design.reallocate(block, layout, new_size);
    } else {
        return reallocate_by_copy(design, block, layout, new_size);
    }
}

/// Why a block that takes `size` bytes does not fit into a hole that holds so many.
inline constexpr std::string_view padding_is_in_the_way =
    "too small behind the padding for the alignment";

/// Why no block of this layout would come from this hole, in words for people; empty where one
/// would. The hole's words are not read: it may be one that there only might be.
template <class D>
[[nodiscard]] std::string_view obstacle(const D& design, const Hole& hole, Layout layout) {
    if constexpr (requires { design.obstacle(hole, layout); }) {
        return design.obstacle(hole, layout);
    } else {
        const std::size_t size = design.block_size(layout);
        if (size > hole.size) return "too small for a whole block";
        const std::uint64_t start = address_of(hole.address).value;
        const auto begin = checked_align_up(start, layout.align);
        const bool fits = begin && *begin - start <= hole.size - size;
        return fits ? std::string_view() : padding_is_in_the_way;
    }
}

/// How far apart blocks of one layout lie in one hole. The layout is one that fits into the region.
template <class D>
[[nodiscard]] std::size_t stride(const D& design, Layout layout) {
    if constexpr (requires { design.stride(layout); }) {
        return design.stride(layout);
    } else {
        return align_up(design.block_size(layout), layout.align);
    }
}

}  // namespace heap44::mm
