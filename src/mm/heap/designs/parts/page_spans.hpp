// SPDX-License-Identifier: MIT
// A window's pages, cut into spans: holes, blocks with their guard page, and freed ones that wait.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <tuple>

#include "lib/align.hpp"
#include "lib/carver.hpp"
#include "mm/heap/ledger/address_set.hpp"

namespace heap44::mm {

/// Pages are named by their number. The spans lie side by side and cover the window:
///
///     page     0 1 2   3 4   5 6 7 8   9 ...
///     span     live    freed live      hole
///                      ^
///     queue    oldest: 3 -> 20 -> 12, newest           in the order in which they were freed
///
/// Each span's record stands at its first page's number, and a set says at which numbers spans
/// start. Invariant: every page is in one span, and no two holes touch. Freed spans wait in a
/// queue; releasing one makes it a hole.
///
/// A hole that has swallowed a freed span leaves `freed_pages` and `next_freed` in its record as
/// they were, until the pages are taken. So releases can be undone: `take_back_releases` cuts the
/// spans out again.
///
/// Cost: a search goes over the holes; everything else takes a few steps, O(log64 pages).
class PageSpans {
public:
    enum class Kind : std::uint8_t { hole, live, freed };

    struct Span {
        std::uint32_t pages;
        // Of a freed span: its own pages, which a hole that it became a part of does not know, and
        // the one that was freed next.
        std::uint32_t freed_pages;
        std::uint32_t next_freed;
        Kind kind;
    };

    /// A page is aligned if `base + page` is a multiple of `to`.
    struct Alignment {
        std::size_t base;
        std::size_t to;
    };

    [[nodiscard]] static constexpr std::size_t bytes_needed(std::size_t pages) {
        return memory_for(pages).bytes();
    }

    /// One hole. `memory` is aligned to 8 and holds `bytes_needed(pages)` bytes.
    PageSpans(std::span<std::byte> memory, std::size_t pages) {
        std::span<std::uint64_t> starts;
        std::span<std::uint64_t> holes;
        std::tie(spans_, starts, holes) = memory_for(pages).carve(memory);
        starts_ = AddressSet(starts, pages);
        holes_ = AddressSet(holes, pages);
        std::uninitialized_default_construct(spans_.begin(), spans_.end());
        if (pages != 0) add_hole(0, pages);
    }

    [[nodiscard]] std::size_t page_count() const { return spans_.size(); }
    [[nodiscard]] std::size_t hole_pages() const { return hole_pages_; }
    [[nodiscard]] const Span& operator[](std::size_t first) const { return spans_[first]; }
    /// The first page of the span that holds `page`.
    [[nodiscard]] std::size_t start_of(std::size_t page) const { return *starts_.last_up_to(page); }
    /// The first hole that starts at `page` or behind it.
    [[nodiscard]] std::optional<std::size_t> hole_from(std::size_t page) const {
        return page < page_count() ? holes_.first_from(page) : std::nullopt;
    }

    /// The lowest aligned page with which so many pages of a hole begin.
    [[nodiscard]] std::optional<std::size_t> find_hole(std::size_t pages,
                                                       Alignment alignment) const {
        for (auto hole = hole_from(0); hole; hole = hole_from(*hole + spans_[*hole].pages)) {
            const std::size_t end = *hole + spans_[*hole].pages;
            const std::size_t first =
                align_up(alignment.base + *hole, alignment.to) - alignment.base;
            if (first < end && pages <= end - first) return first;
        }
        return std::nullopt;
    }

    /// Makes pages of a hole a live span.
    void take(std::size_t first, std::size_t pages) {
        cut_out(first, pages);
        spans_[first].kind = Kind::live;
    }

    /// A live span is freed: the last in the queue.
    void give_back(std::size_t first) {
        const auto number = static_cast<std::uint32_t>(first);
        Span& span = spans_[first];
        span.kind = Kind::freed;
        span.freed_pages = span.pages;
        span.next_freed = none;
        // Whatever leads to the end of the queue leads to this span now.
        (oldest_ == none ? oldest_ : spans_[newest_].next_freed) = number;
        newest_ = number;
    }

    /// The span that was freed longest ago. It stands for the state of the queue, to which
    /// `take_back_releases` leads back.
    [[nodiscard]] std::uint32_t oldest() const { return oldest_; }

    /// Makes the span that was freed longest ago a hole, joined with the holes that it touches.
    /// False where none waits.
    bool release_oldest() {
        if (oldest_ == none) return false;
        std::size_t first = oldest_;
        std::size_t end = first + spans_[first].pages;
        oldest_ = spans_[first].next_freed;
        starts_.erase(first);
        if (end < page_count() && spans_[end].kind == Kind::hole) {
            const std::size_t behind = end;
            end += spans_[behind].pages;
            remove_hole(behind);
        }
        if (first > 0 && spans_[start_of(first - 1)].kind == Kind::hole) {
            first = start_of(first - 1);
            remove_hole(first);
        }
        add_hole(first, end - first);
        return true;
    }

    /// Undoes every release since the queue began with `oldest`. Nothing was taken meanwhile, so
    /// the records of the released spans, and their links, still say what they were.
    void take_back_releases(std::uint32_t oldest) {
        for (std::uint32_t first = oldest; first != oldest_; first = spans_[first].next_freed) {
            cut_out(first, spans_[first].freed_pages);
            spans_[first].kind = Kind::freed;
        }
        oldest_ = oldest;
    }

private:
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

    /// The records, and the words of both sets.
    static constexpr Carver<Span, std::uint64_t, std::uint64_t> memory_for(std::size_t pages) {
        return {pages, AddressSet::words_needed(pages), AddressSet::words_needed(pages)};
    }

    /// `holes_` and the sum of their pages change here and in `remove_hole` only.
    void add_hole(std::size_t first, std::size_t pages) {
        spans_[first].pages = static_cast<std::uint32_t>(pages);
        spans_[first].kind = Kind::hole;
        starts_.insert(first);
        holes_.insert(first);
        hole_pages_ += pages;
    }
    void remove_hole(std::size_t first) {
        starts_.erase(first);
        holes_.erase(first);
        hole_pages_ -= spans_[first].pages;
    }
    /// Makes a span of its own from pages of a hole; what is left before and behind them are holes.
    /// The caller says what kind of span it is.
    void cut_out(std::size_t first, std::size_t pages) {
        const std::size_t hole = start_of(first);
        const std::size_t end = hole + spans_[hole].pages;
        remove_hole(hole);
        if (first > hole) add_hole(hole, first - hole);
        if (first + pages < end) add_hole(first + pages, end - first - pages);
        spans_[first].pages = static_cast<std::uint32_t>(pages);
        starts_.insert(first);
    }

    AddressSet starts_;
    AddressSet holes_;
    std::span<Span> spans_;
    std::size_t hole_pages_ = 0;
    // The queue of freed spans; the newest is meaningful only where there is an oldest.
    std::uint32_t oldest_ = none;
    std::uint32_t newest_ = none;
};

}  // namespace heap44::mm
