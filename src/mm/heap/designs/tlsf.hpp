// SPDX-License-Identifier: MIT
// Two-level segregated fit: allocates and frees in constant time (Masmano, Ripoll, Crespo and Real:
// "TLSF: a new dynamic memory allocator for real-time systems", ECRTS 2004).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>

#include "lib/align.hpp"
#include "lib/carver.hpp"
#include "mm/heap/designs/design.hpp"
#include "mm/heap/designs/parts/hole_edges.hpp"
#include "mm/heap/designs/parts/two_level_index.hpp"

namespace heap44::mm {

/// Holes are listed by size class, and an index finds a class that is large enough without a
/// search: "good fit". Any hole of that class fits, so the head of its list is taken.
///
/// All sizes are multiples of 16 bytes, a granule, and addresses are granule numbers. So the
/// smallest hole has room for three words in front and, in its last four bytes, its size once more:
///
///     | size | next | previous | ............ | size |
///       4      4      4                        4  bytes
///
/// The size at the end is a boundary word (Knuth's boundary tag): it leads from a freed block to
/// the start of the hole before it. Blocks carry nothing: their size comes back with the layout,
/// and a bitmap outside the region, a bit for the first and the last granule of each hole, tells a
/// freed block whether the memory before and behind it is free. The lists are doubly linked, so a
/// neighbour is taken out of its list without a walk.
///
/// Invariant: two holes never touch. No operation has a loop. The price is a fit that is only good:
/// of the holes in a request's own class, some of which may fit, only the first is looked at.
class Tlsf {
public:
    static constexpr const char* name = "tlsf";
    static constexpr std::size_t granule = 16;
    static constexpr std::array<HoleField, 4> hole_fields{{{"size (in granules)", 0, 4},
                                                           {"next (a granule)", 4, 4},
                                                           {"previous (a granule)", 8, 4},
                                                           {"size at its end", 4, 4, true}}};

    [[nodiscard]] static std::size_t metadata_bytes(std::size_t region_size) {
        return memory_for(region_size / granule).bytes();
    }

    Tlsf(std::span<std::byte> region, std::span<std::byte> metadata) {
        const auto begin = reinterpret_cast<std::uint64_t>(region.data());
        base_ = align_up(begin, granule);
        const std::uint64_t end = begin + region.size();
        // Numbers of 32 bits count the granules of 64 GiB; what lies behind is left alone.
        const std::uint64_t room = end < base_ ? 0 : (end - base_) / granule;
        granules_ = static_cast<Number>(std::min<std::uint64_t>(room, TwoLevelIndex::none - 1));
        const auto [index, words] = memory_for(granules_).carve(metadata);
        index_ = std::construct_at(index.data());
        edges_ = HoleEdges(words);
        index_->clear();
        if (granules_ != 0) insert(0, granules_);
    }

    [[nodiscard]] std::byte* allocate(Layout layout) {
        if (layout.size > granules_ * granule) return nullptr;
        const Number size = granules_of(layout);
        const std::optional<Fit> fit = find(size, layout.align);
        if (!fit) return nullptr;
        // The hole goes as a whole; what is left before and behind the block comes back as holes.
        const auto [hole, start] = *fit;
        const Number hole_end = hole + remove(hole);
        if (start != hole) insert(hole, start - hole);
        if (start + size != hole_end) insert(start + size, hole_end - start - size);
        return at(start);
    }

    [[nodiscard]] std::byte* placement(Layout layout, auto&&) const {
        if (layout.size > granules_ * granule) return nullptr;
        const std::optional<Fit> fit = find(granules_of(layout), layout.align);
        return fit ? at(fit->start) : nullptr;
    }

    /// Joins both neighbours at once, so that two holes never touch.
    void deallocate(std::byte* block, Layout layout) {
        Number start = number_of(block);
        Number end = start + granules_of(layout);
        // A set bit before the block is a hole's last granule, and the word there tells its size.
        if (start != 0 && edges_.contains(start - 1)) start -= remove(start - size_before(start));
        if (end != granules_ && edges_.contains(end)) end += remove(end);
        insert(start, end - start);
    }

    /// Shrinks where it is, for a granule can always be a hole; grows into the hole behind.
    [[nodiscard]] std::byte* reallocate(std::byte* block, Layout layout, std::size_t new_size) {
        if (new_size > granules_ * granule) return nullptr;
        const Number end = number_of(block) + granules_of(layout);
        const Number new_end = number_of(block) + granules_of({new_size, layout.align});
        if (new_end > end) {
            const bool is_free = end != granules_ && edges_.contains(end);
            if (!is_free || hole_at(end)->size < new_end - end) {
                return reallocate_by_copy(*this, block, layout, new_size);
            }
            const Number hole_end = end + remove(end);
            if (hole_end != new_end) insert(new_end, hole_end - new_end);
        } else if (new_end < end) {
            // The end is freed as if it were a block: it joins the hole behind it by itself.
            deallocate(at(new_end), {.size = (end - new_end) * granule, .align = granule});
        }
        return block;
    }

    [[nodiscard]] static std::size_t block_size(Layout layout) {
        return checked_align_up(std::max(layout.size, granule), granule).value_or(~(granule - 1));
    }

    [[nodiscard]] std::size_t used_bytes(std::size_t region_size) const {
        return region_size - free_ * granule;
    }

    /// By size class, small classes first; within a class the lately freed first.
    void for_each_hole(auto&& visit) const {
        // A hole is told of when the one behind it is known.
        std::optional<Number> waiting;
        const auto tell = [&](std::byte* next) {
            return !waiting || visit(Hole{at(*waiting), hole_at(*waiting)->size * granule, next,
                                          sizeof(HoleWords), sizeof(Number)});
        };
        const auto tell_list = [&](Number head) {
            for (Number hole = head; hole != TwoLevelIndex::none; hole = hole_at(hole)->next) {
                if (!tell(at(hole))) {
                    waiting.reset();
                    return false;
                }
                waiting = hole;
            }
            return true;
        };
        index_->for_each_head(tell_list);
        (void)tell(nullptr);
    }

private:
    using Number = TwoLevelIndex::Number;
    struct HoleWords {
        Number size;
        Number next;
        Number previous;
    };
    /// The index, and the words of the edges.
    static Carver<TwoLevelIndex, std::uint64_t> memory_for(std::size_t granules) {
        return {1, HoleEdges::words_needed(granules)};
    }
    /// A hole that fits, and where in it the block starts.
    struct Fit {
        Number hole;
        Number start;
    };
    static_assert(sizeof(TwoLevelIndex) % sizeof(std::uint64_t) == 0, "the bitmap lies behind it");
    static_assert(sizeof(HoleWords) + sizeof(Number) == granule,
                  "the smallest hole holds them all");

    [[nodiscard]] static Number granules_of(Layout layout) {
        return static_cast<Number>(block_size(layout) / granule);
    }
    [[nodiscard]] std::byte* at(Number number) const {
        return reinterpret_cast<std::byte*>(base_ + number * granule);
    }
    [[nodiscard]] Number number_of(const std::byte* block) const {
        return static_cast<Number>((reinterpret_cast<std::uint64_t>(block) - base_) / granule);
    }
    [[nodiscard]] HoleWords* hole_at(Number number) const {
        return reinterpret_cast<HoleWords*>(at(number));
    }
    /// The size of the hole that ends where `number` starts.
    [[nodiscard]] Number size_before(Number number) const {
        Number size;
        std::memcpy(&size, at(number) - sizeof size, sizeof size);
        return size;
    }

    /// Where a block would start in this hole, or nothing if it does not fit.
    [[nodiscard]] std::optional<Fit> fit_in(Number hole, Number size, std::size_t align) const {
        // The bytes up to the next multiple of `align`, a power of two.
        const std::uint64_t padding = -(base_ + hole * granule) & (align - 1);
        const std::uint64_t room = hole_at(hole)->size * granule;
        if (padding > room || size * granule > room - padding) return std::nullopt;
        return Fit{hole, static_cast<Number>(hole + padding / granule)};
    }

    /// Three holes are looked at, at most. One of a class that is large enough in any case; one
    /// that is large enough for the worst padding, too; and, because a class's smallest holes are
    /// below what a request for them is rounded up to, one of the class that the request itself is
    /// in.
    [[nodiscard]] std::optional<Fit> find(Number size, std::size_t align) const {
        const std::uint64_t padding = std::max(align, granule) / granule - 1;
        for (const std::uint64_t wanted : {std::uint64_t{size}, size + padding}) {
            const auto above = TwoLevelIndex::class_above(wanted);
            const auto used = above ? index_->first_used(*above) : std::nullopt;
            const auto fit = used ? fit_in(index_->head(*used), size, align) : std::nullopt;
            if (fit) return fit;
        }
        const Number same = index_->head(TwoLevelIndex::class_of(size));
        return same != TwoLevelIndex::none ? fit_in(same, size, align) : std::nullopt;
    }

    /// Writes a hole's words at both ends and puts it at its list's head.
    void insert(Number start, Number size) {
        const TwoLevelIndex::Class of = TwoLevelIndex::class_of(size);
        const Number next = index_->head(of);
        new (at(start)) HoleWords{size, next, TwoLevelIndex::none};
        std::memcpy(at(start + size) - sizeof size, &size, sizeof size);
        if (next != TwoLevelIndex::none) hole_at(next)->previous = start;
        index_->set_head(of, start);
        edges_.insert(start, start + size - 1);
        free_ += size;
    }

    /// Takes a hole out of its list; its size. Without a previous one it is the head, so the index
    /// is told of the next.
    Number remove(Number start) {
        const HoleWords hole = *hole_at(start);
        if (hole.next != TwoLevelIndex::none) hole_at(hole.next)->previous = hole.previous;
        if (hole.previous != TwoLevelIndex::none) {
            hole_at(hole.previous)->next = hole.next;
        } else {
            index_->set_head(TwoLevelIndex::class_of(hole.size), hole.next);
        }
        edges_.erase(start, start + hole.size - 1);
        free_ -= hole.size;
        return hole.size;
    }

    TwoLevelIndex* index_;
    std::uint64_t base_ = 0;
    Number granules_ = 0;
    HoleEdges edges_;
    std::size_t free_ = 0;
};
static_assert(Design<Tlsf>);

}  // namespace heap44::mm
