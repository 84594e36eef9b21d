// SPDX-License-Identifier: MIT
// The four-level page tables of x86-64: mapping, unmapping, and the walk that the processor does
// (Intel's manual, volume 3, chapter "Paging").
//
//     address    47.....39   38.....30   29.....21   20.....12   11........0
//                    |           |           |           |            |
//     root -->     PML4 -->    PDPT --> directory -->  table -->  4 KiB page
//                                            |
//                                            +-- huge entry --->  2 MiB page
//
// Each level takes nine bits of the address and is a table of 512 entries of 8 bytes, one page.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

#include "lib/address.hpp"
#include "mm/frames.hpp"
#include "mm/page_walk.hpp"

namespace heap44::mm {

// The bits of an entry. The processor sets `dirty` in the entry of a page only; `huge` makes an
// entry of a middle level a page instead of a table.
inline constexpr std::uint64_t entry_present = 1U << 0;
inline constexpr std::uint64_t entry_writable = 1U << 1;
inline constexpr std::uint64_t entry_user = 1U << 2;
inline constexpr std::uint64_t entry_uncached = 1U << 4;
inline constexpr std::uint64_t entry_dirty = 1U << 6;
inline constexpr std::uint64_t entry_huge = 1U << 7;
inline constexpr std::uint64_t entry_no_execute = std::uint64_t{1} << 63;
inline constexpr std::uint64_t entry_address = 0x000f'ffff'ffff'f000;

inline constexpr std::size_t entries_per_table = 512;
inline constexpr std::uint64_t large_page_size = std::uint64_t{2} << 20;

/// What may be done with a page beside reading it. All pages are the kernel's.
struct PageFlags {
    bool writable = false;
    bool executable = false;
    /// It counts as written to from the start: what is there is new.
    bool dirty = false;
    /// Each access reaches the device whose registers these are.
    bool uncached = false;
};

enum class PageSize : std::uint8_t { small, large };

[[nodiscard]] constexpr std::uint64_t bytes(PageSize size) {
    return size == PageSize::small ? page_size : large_page_size;
}

/// What becomes of a table when its last page is unmapped.
enum class EmptyTables : std::uint8_t {
    release,  ///< it goes back to the frame allocator
    keep,     ///< it stays: where pages come and go, making tables anew costs more than the page
};

enum class MapError : std::uint8_t {
    frame_allocation_failed,
    already_mapped,
    parent_entry_is_huge_page,
    not_mapped,
    misaligned,
    not_canonical,
    beyond_physical_memory,
};

/// The error in words: `frame allocation failed`.
[[nodiscard]] std::string_view text(MapError error);

/// What the tables need of the machine below them.
class PageAccess {
public:
    using Words = std::span<std::uint64_t, entries_per_table>;

    /// The contents of a frame.
    virtual Words words(PhysAddr frame) = 0;
    /// Makes the processor forget what it remembers of this page's mapping.
    virtual void flush(VirtAddr page) = 0;
    /// Makes it forget all that it remembers of any mapping.
    virtual void flush_all() = 0;

protected:
    ~PageAccess() = default;
};

/// Changes the tables under one root. It reaches tables and the processor through PageAccess only,
/// so that it runs on the host as well, where tables are ordinary memory. A change that fails
/// leaves all as it was; tables are made when a page needs them and given back when they are empty,
/// unless they are to be kept.
class Mapper {
public:
    /// `root` is a PML4; `frames` gives further tables and takes them back.
    Mapper(PhysAddr root, FrameAllocator& frames, PageAccess& access)
        : root_(root), frames_(frames), access_(access) {}

    /// On failure nothing has changed.
    [[nodiscard]] std::expected<void, MapError> map(VirtAddr page, PhysAddr frame, PageFlags flags,
                                                    PageSize size = PageSize::small);
    /// The physical address that `page` had.
    std::expected<PhysAddr, MapError> unmap(VirtAddr page, PageSize size = PageSize::small,
                                            EmptyTables empty = EmptyTables::release);
    /// Makes all tables for small pages from `start` on, as far as they are missing. On failure the
    /// caller has no use for those that were made.
    [[nodiscard]] std::expected<void, MapError> make_tables(VirtAddr start, std::uint64_t size);

    [[nodiscard]] std::optional<PhysAddr> translate(VirtAddr address) const;
    /// Everything that the processor would look at on its way to `address`. No level where the
    /// address is not canonical.
    [[nodiscard]] PageWalk walk(VirtAddr address) const;

    /// Calls `visit(page)`, in address order, for each small page of `size` bytes from `start` on
    /// (the start of a page) that the processor has written to since it was visited last. What
    /// `visit` itself writes there is not told next time.
    void take_dirty(VirtAddr start, std::uint64_t size, auto&& visit) {
        const VirtAddr end = start + size;
        bool found_any = false;
        while (start < end) {
            // A last-level table covers 2 MiB. The way to it is walked once, and where there is
            // none its whole range is passed over.
            const VirtAddr next_table{(start.value / large_page_size + 1) * large_page_size};
            const VirtAddr stop = std::min(next_table, end);
            const Path path = descend(start, 4);
            for (; path.depth == 4 && start < stop; start += page_size) {
                if (!take_dirty_bit(path, start)) continue;
                found_any = true;
                visit(start);
            }
            start = stop;
        }
        // The processor sets a bit only with the first write through what it remembers. Once for
        // all: one page among large ones may cost as much.
        if (found_any) access_.flush_all();
    }

    [[nodiscard]] PhysAddr root() const { return root_; }

private:
    /// The way down to an entry: tables[0] is the root, entry i lies in tables[i].
    struct Path {
        std::array<PhysAddr, 4> tables;
        std::size_t depth;
    };

    [[nodiscard]] Path descend(VirtAddr page, std::size_t levels) const;
    [[nodiscard]] std::uint64_t& entry(const Path& path, std::size_t step, VirtAddr page) const;
    [[nodiscard]] bool extend(Path& path, VirtAddr page, std::size_t levels);
    bool take_dirty_bit(const Path& path, VirtAddr page);
    void release_empty_tables(const Path& path, VirtAddr page);

    PhysAddr root_;
    FrameAllocator& frames_;
    PageAccess& access_;
};

}  // namespace heap44::mm
