// SPDX-License-Identifier: MIT
// The guard-page allocator: every block lies against an unmapped page.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "lib/align.hpp"
#include "mm/heap/designs/design.hpp"
#include "mm/heap/designs/parts/guard_side.hpp"
#include "mm/heap/designs/parts/page_control.hpp"
#include "mm/heap/designs/parts/page_spans.hpp"

namespace heap44::mm {

/// Memory that is neither block nor hole, from some address on to `end`.
struct Gap {
    enum class Kind : std::uint8_t {
        overhead,  ///< mapped: what a block leaves of its pages
        guard,     ///< the unmapped page beside a block
        unmapped,  ///< what was a block, and its guard page
    };
    Kind kind;
    /// Where the addresses begin that the block has, or had, with its guard page.
    std::byte* span;
    std::byte* end;
};

/// Each block has pages of its own and one beside them that is never mapped; it lies against that
/// one, behind as close as its alignment allows, in front without a gap:
///
///     behind   | . . . . [#block#]| guard  | . . [#block#]| guard  |
///              |     mapped       |  none  |    mapped    |  none  |
///
///     front    | guard  |[#block#] . . . . | guard  |[#block#] . . |
///              |  none  |     mapped       |  none  |    mapped    |
///
/// So the hardware stops the very instruction that goes beyond the end, or in front of the start,
/// with its address. (Where one span ends the next begins: so there is a page that is not mapped on
/// the other side, too, but not right beside the block.) A freed block's pages are unmapped at once
/// and stay so: a late use of it is stopped as well. Only when no hole fits any more do the longest
/// freed blocks become holes again. After Electric Fence (Bruce Perens, 1987), where the side is
/// EF_PROTECT_BELOW.
///
/// The price is a page of memory and two of addresses for the smallest block, and a change of the
/// page tables for each operation. What is not guarded is the padding behind a block, up to its
/// alignment, and the rest of its pages on the other side.
class GuardPage {
public:
    static constexpr const char* name = "guard-page";

    [[nodiscard]] static constexpr std::size_t metadata_bytes(std::size_t window_size) {
        return PageSpans::bytes_needed(window_size / page_size);
    }

    /// Nothing in the window is mapped; of one that is not made of whole pages the rim stays
    /// unused.
    GuardPage(std::span<std::byte> window, std::span<std::byte> metadata, PageControl& pages,
              GuardSide side = GuardSide::behind)
        : start_(align_up(address_of(window.data()).value, page_size)),
          spans_(metadata, whole_pages(window)),
          pages_(&pages),
          side_(side) {}

    [[nodiscard]] GuardSide guard() const { return side_; }

    [[nodiscard]] std::byte* allocate(Layout layout) {
        const std::size_t pages = page_count(layout);
        // Should the request fail, what it released is taken back: the queue is again what it was.
        const std::uint32_t oldest = spans_.oldest();
        const Room room = make_room(layout);
        if (!room.first || !pages_->map(address(*room.first + pages_in_front()), pages)) {
            spans_.take_back_releases(oldest);
            return nullptr;
        }
        reused_ += room.released;
        spans_.take(*room.first, pages + 1);
        if (side_ == GuardSide::front) return pointer(address(*room.first + 1));
        return pointer(address(*room.first + pages) - block_size(layout));
    }

    /// Whether there are addresses for it: then `allocate` fails only where nothing can be mapped.
    [[nodiscard]] bool has_room(Layout layout) {
        const std::uint32_t oldest = spans_.oldest();
        const bool found = make_room(layout).first.has_value();
        spans_.take_back_releases(oldest);
        return found;
    }

    /// What the machine maps is zero: it is fresh memory each time.
    [[nodiscard]] std::byte* allocate_zeroed(Layout layout) { return allocate(layout); }

    void deallocate(std::byte* block, Layout layout) {
        withdraw(block, layout);
        spans_.give_back(page_of(block) - pages_in_front());
    }

    /// Unmaps a block's pages and leaves the records as they are, for one who puts back older ones.
    void withdraw(const std::byte* block, Layout layout) {
        pages_->unmap(address(page_of(block)), page_count(layout));
    }

    /// The size rounded up to the alignment, or to whole pages: behind, up to the guard page.
    [[nodiscard]] static std::size_t block_size(Layout layout) {
        return checked_align_up(std::max<std::size_t>(layout.size, 1),
                                std::min<std::size_t>(layout.align, page_size))
            .value_or(std::numeric_limits<std::size_t>::max());
    }

    /// A block takes whole pages, and its guard page.
    [[nodiscard]] std::string_view obstacle(const Hole& hole, Layout layout) const {
        const std::size_t pages = page_count(layout);
        if (pages >= hole.size / page_size) return "too small for a block and its guard page";
        const std::uint64_t start = address_of(hole.address).value + pages_in_front() * page_size;
        const auto begin = checked_align_up(start, layout.align);
        const bool fits = begin && *begin - start <= hole.size - (pages + 1) * page_size;
        return fits ? "" : padding_is_in_the_way;
    }
    [[nodiscard]] static std::size_t stride(Layout layout) {
        return align_up((page_count(layout) + 1) * page_size, layout.align);
    }

    [[nodiscard]] std::size_t used_bytes(std::size_t window_size) const {
        return window_size - spans_.hole_pages() * page_size;
    }

    /// In address order.
    void for_each_hole(auto&& visit) const {
        for (auto first = spans_.hole_from(0); first;) {
            const std::size_t pages = spans_[*first].pages;
            const auto next = spans_.hole_from(*first + pages);
            if (!visit(Hole{pointer(address(*first)), pages * page_size,
                            next ? pointer(address(*next)) : nullptr})) {
                return;
            }
            first = next;
        }
    }

    /// What there is at a place that is neither in a block nor in a hole; nothing in a hole.
    [[nodiscard]] std::optional<Gap> gap_at(const std::byte* place) const {
        // Every page belongs to one span; a live one has its guard page last, or first.
        const std::size_t page = page_of(place);
        const std::size_t first = spans_.start_of(page);
        const std::size_t end = first + spans_[first].pages;
        const std::size_t guard = side_ == GuardSide::front ? first : end - 1;
        const auto up_to = [&](Gap::Kind kind, std::size_t limit) {
            return Gap{kind, pointer(address(first)), pointer(address(limit))};
        };
        if (spans_[first].kind == PageSpans::Kind::hole) return std::nullopt;
        if (spans_[first].kind == PageSpans::Kind::freed) return up_to(Gap::Kind::unmapped, end);
        if (page == guard) return up_to(Gap::Kind::guard, guard + 1);
        return up_to(Gap::Kind::overhead, guard > page ? guard : end);
    }

    /// Calls `visit(start, pages)` for each run of mapped pages.
    void for_each_mapped(auto&& visit) const {
        for (std::size_t page = 0; page < spans_.page_count(); page += spans_[page].pages) {
            if (spans_[page].kind != PageSpans::Kind::live) continue;
            visit(address(page + pages_in_front()), std::size_t{spans_[page].pages} - 1);
        }
    }

    /// How many freed blocks had to give up their place, because the window was used up.
    [[nodiscard]] std::uint64_t reused_count() const { return reused_; }

private:
    /// The pages that lie in the window entirely.
    [[nodiscard]] static std::size_t whole_pages(std::span<std::byte> window) {
        const std::uint64_t start = address_of(window.data()).value;
        const std::uint64_t end = align_down(start + window.size(), page_size);
        const std::uint64_t first = align_up(start, page_size);
        return end > first ? (end - first) / page_size : 0;
    }
    /// The pages that a block is mapped on; its guard page comes on top.
    [[nodiscard]] static std::size_t page_count(Layout layout) {
        // A size that does not fit into 64 bits when rounded up is too large all the same.
        const std::size_t size = block_size(layout);
        return size / page_size + (size % page_size != 0 ? 1 : 0);
    }
    /// So many pages of a span lie in front of those that are mapped.
    [[nodiscard]] std::size_t pages_in_front() const { return side_ == GuardSide::front ? 1 : 0; }
    /// What the number of the first mapped page must be aligned to, counted from the window's
    /// start.
    [[nodiscard]] PageSpans::Alignment alignment(Layout layout) const {
        return {start_ / page_size + pages_in_front(),
                std::max<std::size_t>(layout.align / page_size, 1)};
    }

    /// The first page of a hole for a block, and how many freed spans it took.
    struct Room {
        std::optional<std::size_t> first;
        std::uint64_t released;
    };
    /// Releases freed spans one by one, and only as many as it takes.
    [[nodiscard]] Room make_room(Layout layout) {
        const std::size_t needed = page_count(layout) + 1;
        Room room{spans_.find_hole(needed, alignment(layout)), 0};
        for (; !room.first && spans_.release_oldest(); ++room.released) {
            room.first = spans_.find_hole(needed, alignment(layout));
        }
        return room;
    }

    [[nodiscard]] VirtAddr address(std::size_t page) const { return {start_ + page * page_size}; }
    [[nodiscard]] std::size_t page_of(const std::byte* place) const {
        return (address_of(place).value - start_) / page_size;
    }
    static std::byte* pointer(VirtAddr address) {
        return reinterpret_cast<std::byte*>(address.value);
    }

    std::uint64_t start_;
    PageSpans spans_;
    PageControl* pages_;
    GuardSide side_;
    std::uint64_t reused_ = 0;
};
static_assert(Design<GuardPage>);

}  // namespace heap44::mm
