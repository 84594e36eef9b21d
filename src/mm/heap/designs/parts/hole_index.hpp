// SPDX-License-Identifier: MIT
// Where the holes are and how large, kept beside the heap: found by address and by size, without a
// walk.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>

#include "lib/carver.hpp"
#include "mm/heap/designs/parts/cell_set.hpp"
#include "mm/heap/designs/parts/lanes.hpp"
#include "mm/heap/designs/parts/size_tree.hpp"

namespace heap44::mm {

/// An index of the holes, by address and by size. The heap is cut into cells of 32 bytes. A hole
/// and the block behind it take 16 bytes each at the least, so at most one hole starts in a cell.
///
///     a cell's tag    | offset : 2 bits | size : 6 bits |     in units of 8 bytes
///
///     64 tags         one cache line, a leaf: 2 KiB of the heap
///     size trees      of each leaf the largest sizes, and so on upwards
///     starts_         the set of the cells in which a hole starts
///
/// By size: a tree leads to the first leaf with a hole that fits, and one comparison of all its
/// tags to the hole. By address: the set of cells answers.
///
/// A tag's largest size, 63, stands for all that are larger. Such sizes, 504 bytes and more, are
/// read in the heap, where each hole holds its own; no more than four such start in 2 KiB. They
/// have a tree of their own, so that the keys of the other, which is used most, are bytes, too.
///
/// Invariant: where no hole starts, tag and bit are 0, and no tree promises what its leaf does not
/// have. Cost: a few steps, growing with the logarithm of the heap, and 4 % of its size.
class HoleIndex {
public:
    static constexpr std::size_t unit = 8;

    /// A hole with its size, which is 0 if the hole is found by address only. Or null and 0.
    struct Entry {
        std::byte* hole = nullptr;
        std::size_t size = 0;
    };

    [[nodiscard]] static constexpr std::size_t bytes_needed(std::size_t region_size) {
        return memory_for(leaves_of(region_size)).bytes();
    }

    /// The index is empty. `memory` is aligned to 64 and holds `bytes_needed` bytes for the region;
    /// the region starts at a multiple of 8.
    HoleIndex(std::span<std::byte> region, std::span<std::byte> memory)
        : HoleIndex(region.data(), leaves_of(region.size()),
                    memory_for(leaves_of(region.size())).carve(memory)) {}

    /// The first hole that fits `size` bytes: exactly, or with 16 bytes or more to spare.
    [[nodiscard, gnu::always_inline]] Entry first_fit(std::size_t size) const {
        const std::size_t units = size / unit;
        return entry(units > largest_sure ? first_large_fit(units) : first_small_fit(units));
    }

    /// The first such hole behind `hole`.
    [[nodiscard]] std::byte* next_fit(const std::byte* hole, std::size_t size) const {
        const std::size_t units = size / unit;
        const Position position = position_of(hole);
        const std::uint64_t mask = fitting_any(position.leaf, units) & behind(position.lane());
        if (mask != 0) return hole_in(position.leaf, lowest(mask));
        const std::size_t leaf = units > largest_sure ? large_.next_fit(position.leaf, units)
                                                      : small_.next_fit(position.leaf, units);
        return leaf == none ? nullptr : hole_in(leaf, lowest(fitting_any(leaf, units)));
    }

    /// The last hole that starts before `address`.
    [[nodiscard, gnu::always_inline]] Entry last_before(const std::byte* address) const {
        const Position position = position_of(address);
        // In the address's own cell a hole may start before it as well as behind it.
        const bool is_in_front = offset_in(position.cell) < position.offset;
        return entry(starts_.last_before(position.cell, is_in_front));
    }

    /// The same for the start of a hole, which has its cell to itself.
    [[nodiscard, gnu::always_inline]] std::byte* before_hole(const std::byte* hole) const {
        const std::size_t cell = starts_.last_before(position_of(hole).cell, false);
        return cell == none ? nullptr : hole_in(cell);
    }

    /// The size of the hole that starts at `address`; 0 if none does, or it is found by address
    /// only.
    [[nodiscard, gnu::always_inline]] std::size_t size_at(const std::byte* address) const {
        const Position position = position_of(address);
        // Another hole's offset makes this too large.
        const std::size_t units = tag(position.cell) - (position.offset << size_bits);
        if (units == largest_in_tag) [[unlikely]]
            return size_in_heap(address);
        return __builtin_unpredictable(units < largest_in_tag) ? units * unit : 0;
    }

    // --- changes; the heap's own words are written before ---

    /// A hole has come, or changed its size. One of size 0 is found by address only.
    [[gnu::noinline]] void put(const std::byte* hole, std::size_t size) {
        const Position position = position_of(hole);
        move_start(position, position, tag_of(position, size), true);
        refresh(position.leaf);
    }

    [[gnu::noinline]] void remove(const std::byte* hole) {
        const Position position = position_of(hole);
        move_start(position, position, 0, false);
        refresh(position.leaf);
    }

    /// The front of the hole at `from` was taken: it starts at `to` now and has this size. Or it
    /// was taken whole; then `to` is the same and the hole does not exist any more.
    [[gnu::always_inline]] void shrink(const std::byte* from, const std::byte* to, std::size_t size,
                                       bool exists) {
        const Position position = position_of(to);
        const Position old_position = position_of(from);
        const Tag tag = tag_of(position, size);
        move_start(old_position, position, __builtin_unpredictable(exists) ? tag : Tag{0}, exists);
        if (old_position.leaf != position.leaf) [[unlikely]]
            refresh_other(old_position.leaf);
        refresh(position.leaf);
    }

    /// A block was freed: a hole has come at `to`, or has grown to this size; the hole at `from`
    /// is now a part of it, if that is not the same.
    [[gnu::always_inline]] void grow(const std::byte* from, const std::byte* to, std::size_t size) {
        const Position position = position_of(to);
        const Position old_position = position_of(from);
        move_start(old_position, position, tag_of(position, size), true);
        if (old_position.leaf != position.leaf) [[unlikely]]
            refresh_other(old_position.leaf);
        const std::size_t units = size / unit;
        if (units > largest_sure) return refresh_other(position.leaf);
        small_.grow(position.leaf, units);
    }

    /// The hole at `from` starts at `to` now; it is found by address only, then and now.
    [[gnu::always_inline]] void move(const std::byte* from, const std::byte* to) {
        const Position position = position_of(to);
        move_start(position_of(from), position, tag_of(position, 0), true);
    }

private:
    using Tag = std::uint8_t;
    using Tags = Lanes<Tag>;
    using SmallTree = SizeTree<std::uint8_t>;
    using LargeTree = SizeTree<std::int32_t>;
    static constexpr std::size_t none = CellSet::none;
    static constexpr std::size_t cell_units = 4;
    static constexpr std::size_t leaf_cells = Tags::count;
    static constexpr int size_bits = 6;
    /// As a size in a tag it stands for all larger ones. A request fits into a hole of its own size
    /// or of two units more and up, so tags tell surely about requests of up to two units less.
    static constexpr Tag largest_in_tag = (1 << size_bits) - 1;
    static constexpr std::size_t largest_sure = largest_in_tag - 2;
    /// Keys have room for this.
    static constexpr std::size_t largest_units = std::size_t{1} << 29;

    /// An address as the index sees it.
    struct Position {
        std::size_t cell;
        std::size_t leaf;
        std::size_t offset;
        [[nodiscard]] std::size_t lane() const { return cell % leaf_cells; }
    };

    // One more than the region has: a block may end where the region ends.
    static constexpr std::size_t leaves_of(std::size_t region_size) {
        return region_size / (leaf_cells * cell_units * unit) + 1;
    }

    /// The tags, the lines of both trees, the words of the set.
    using Memory = Carver<Tags, SmallTree::Line, LargeTree::Line, std::uint64_t>;
    static constexpr Memory memory_for(std::size_t leaves) {
        return {leaves, SmallTree::lines_needed(leaves), LargeTree::lines_needed(leaves),
                CellSet::words_needed(leaves)};
    }

    HoleIndex(std::byte* base, std::size_t leaves, const Memory::Parts& parts)
        : base_(base),
          tags_(std::get<0>(parts).data()),
          small_(std::get<1>(parts), leaves),
          large_(std::get<2>(parts), leaves),
          starts_(std::get<3>(parts), leaves) {
        const auto clear = [](auto... part) {
            (std::ranges::fill(std::as_writable_bytes(part), std::byte{}), ...);
        };
        std::apply(clear, parts);
    }

    [[nodiscard]] Position position_of(const std::byte* address) const {
        const std::size_t number = static_cast<std::size_t>(address - base_) / unit;
        const std::size_t cell = number / cell_units;
        return {cell, cell / leaf_cells, number % cell_units};
    }
    static Tag tag_of(Position position, std::size_t size) {
        const std::size_t units = std::min(size / unit, std::size_t{largest_in_tag});
        return static_cast<Tag>(position.offset << size_bits | units);
    }

    static std::size_t cell_in(std::size_t leaf, std::size_t lane) {
        return leaf * leaf_cells + lane;
    }
    [[nodiscard]] Tag tag(std::size_t cell) const {
        return std::as_const(tags_[cell / leaf_cells])[cell % leaf_cells];
    }
    [[nodiscard]] std::size_t offset_in(std::size_t cell) const { return tag(cell) >> size_bits; }
    [[nodiscard]] std::byte* hole_in(std::size_t cell) const {
        return base_ + (cell * cell_units + offset_in(cell)) * unit;
    }
    [[nodiscard]] std::byte* hole_in(std::size_t leaf, std::size_t lane) const {
        return hole_in(cell_in(leaf, lane));
    }
    /// The size comes from the tag if it can: the hole's own words are rarely in the cache.
    [[nodiscard]] Entry entry(std::size_t cell) const {
        if (cell == none) return {};
        std::byte* hole = hole_in(cell);
        const std::size_t units = tag(cell) & largest_in_tag;
        if (units == largest_in_tag) [[unlikely]]
            return {hole, size_in_heap(hole)};
        return {hole, units * unit};
    }
    static std::size_t size_in_heap(const std::byte* hole) {
        return *reinterpret_cast<const std::size_t*>(hole);
    }
    [[nodiscard]] std::size_t units_of(std::size_t leaf, std::size_t lane) const {
        return size_in_heap(hole_in(leaf, lane)) / unit;
    }

    // --- sizes within a leaf ---

    /// Which holes fit `units`, which the tags can tell. Let `more` be a hole's size less the
    /// request: 0 fits exactly, 1 would leave 8 bytes, which cannot be a hole, 2 and up fit. With
    /// the last bit flipped 0 and 1 change places, so that those that fit are the positive ones:
    /// one comparison. (The other numbers change places in pairs, which does not matter.)
    [[nodiscard]] std::uint64_t fitting(std::size_t leaf, std::size_t units) const {
        const auto more = (tags_[leaf].all & largest_in_tag) - static_cast<Tag>(units);
        return where_positive<Tag>(more ^ 1);
    }
    /// The same where tags cannot tell.
    [[nodiscard]] std::uint64_t fitting_large(std::size_t leaf, std::size_t units) const {
        std::uint64_t fits = 0;
        // Four at the most: each is read in the heap.
        for (std::uint64_t mask = large_holes(leaf); mask != 0; mask &= mask - 1) {
            const std::size_t found = units_of(leaf, lowest(mask));
            if (found >= units && found != units + 1) fits |= mask & -mask;
        }
        return fits;
    }
    [[nodiscard]] std::uint64_t fitting_any(std::size_t leaf, std::size_t units) const {
        return units > largest_sure ? fitting_large(leaf, units) : fitting(leaf, units);
    }
    [[nodiscard]] std::size_t first_small_fit(std::size_t units) const {
        const std::size_t leaf = small_.first_fit(units);
        return leaf == none ? none : cell_in(leaf, lowest(fitting(leaf, units)));
    }
    [[nodiscard, gnu::noinline]] std::size_t first_large_fit(std::size_t units) const {
        if (units > largest_units) return none;
        const std::size_t leaf = large_.first_fit(units);
        return leaf == none ? none : cell_in(leaf, lowest(fitting_large(leaf, units)));
    }
    /// Those of the largest size that a tag can tell, and larger ones.
    [[nodiscard]] std::uint64_t large_holes(std::size_t leaf) const {
        return where<Tag>((tags_[leaf].all & largest_in_tag) >= largest_in_tag - 1);
    }

    // --- changes ---

    /// Takes the tag and the start at `from` away and writes those at `to`, if the hole exists. The
    /// order matters: both positions may be the same.
    [[gnu::always_inline]] void move_start(Position from, Position to, Tag tag, bool exists) {
        tags_[from.leaf][from.lane()] = 0;
        tags_[to.leaf][to.lane()] = tag;
        const std::uint64_t start = std::uint64_t{exists} << to.lane();
        if (from.leaf == to.leaf) [[likely]] {
            starts_.exchange(from.cell, start);
        } else {
            starts_.exchange(from.cell, 0);
            starts_.exchange(to.cell, start);
        }
    }

    /// Tells the trees what the leaf's holes have become. The tree of large sizes is told only
    /// where there is a large hole, or was one.
    [[gnu::always_inline]] void refresh(std::size_t leaf) {
        const auto sizes = tags_[leaf].all & largest_in_tag;
        const Tag largest = __builtin_reduce_max(sizes);
        const bool has_one_smaller = any(sizes == static_cast<Tag>(largest - 1));
        small_.set(leaf, SmallTree::make_key(largest, has_one_smaller));
        const bool has_large = largest >= largest_in_tag - 1;
        if (has_large || large_.key(leaf) != 0) refresh_large(leaf);
    }
    [[gnu::noinline]] void refresh_other(std::size_t leaf) { refresh(leaf); }
    [[gnu::noinline]] void refresh_large(std::size_t leaf) { large_.set(leaf, large_key(leaf)); }

    /// The leaf's key for the tree of large sizes (see SizeTree), from the sizes in the heap.
    [[nodiscard]] std::int32_t large_key(std::size_t leaf) const {
        std::size_t largest = 0;
        bool has_one_smaller = false;
        for (std::uint64_t mask = large_holes(leaf); mask != 0; mask &= mask - 1) {
            const std::size_t found = units_of(leaf, lowest(mask));
            has_one_smaller =
                found > largest ? found == largest + 1 : has_one_smaller || found + 1 == largest;
            largest = std::max(largest, found);
        }
        return LargeTree::make_key(largest, has_one_smaller);
    }

    std::byte* base_;
    Tags* tags_;
    SmallTree small_;
    LargeTree large_;
    CellSet starts_;
};

}  // namespace heap44::mm
