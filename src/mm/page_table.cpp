// SPDX-License-Identifier: MIT
#include "mm/page_table.hpp"

#include <algorithm>

#include "lib/align.hpp"

namespace heap44::mm {

namespace {

/// The processor takes nine bits of the address at each of the four levels; step 0 is the PML4.
std::size_t index_of(VirtAddr address, std::size_t step) {
    return static_cast<std::size_t>(address.value >> (39 - 9 * step)) % entries_per_table;
}

/// How many tables lie on the way to the entry of a page of this size.
std::size_t levels_of(PageSize size) {
    return size == PageSize::small ? 4 : 3;
}

bool is_present(std::uint64_t entry) {
    return (entry & entry_present) != 0;
}
bool is_huge(std::uint64_t entry) {
    return (entry & entry_huge) != 0;
}

/// The entry of a page: its frame, and what may be done with it. Whatever is not code cannot be
/// executed.
std::uint64_t leaf(PhysAddr frame, PageFlags flags, PageSize size) {
    std::uint64_t entry = frame.value | entry_present;
    if (flags.writable) entry |= entry_writable;
    if (flags.dirty) entry |= entry_dirty;
    if (flags.uncached) entry |= entry_uncached;
    if (!flags.executable) entry |= entry_no_execute;
    if (size == PageSize::large) entry |= entry_huge;
    return entry;
}

std::optional<MapError> wrong_place(VirtAddr page, PageSize size) {
    if (!is_canonical(page)) return MapError::not_canonical;
    if (!is_aligned(page.value, bytes(size))) return MapError::misaligned;
    return std::nullopt;
}

}  // namespace

std::string_view text(MapError error) {
    switch (error) {
        case MapError::frame_allocation_failed:
            return "frame allocation failed";
        case MapError::already_mapped:
            return "already mapped";
        case MapError::parent_entry_is_huge_page:
            return "parent entry is a huge page";
        case MapError::not_mapped:
            return "not mapped";
        case MapError::misaligned:
            return "not aligned to the page size";
        case MapError::not_canonical:
            return "not a canonical address";
        case MapError::beyond_physical_memory:
            return "beyond physical memory";
    }
    return "unknown";
}

std::expected<void, MapError> Mapper::map(VirtAddr page, PhysAddr frame, PageFlags flags,
                                          PageSize size) {
    if (const auto error = wrong_place(page, size)) return std::unexpected(*error);
    if (!is_aligned(frame.value, bytes(size))) return std::unexpected(MapError::misaligned);
    if (frame.value >= physical_limit) return std::unexpected(MapError::beyond_physical_memory);

    // As far down as there are tables. The entry found there says why the page cannot be mapped, or
    // that the way is free.
    const std::size_t levels = levels_of(size);
    Path path = descend(page, levels);
    const std::uint64_t found = entry(path, path.depth - 1, page);
    if (path.depth == levels && is_present(found)) {
        return std::unexpected(MapError::already_mapped);
    }
    if (is_present(found)) return std::unexpected(MapError::parent_entry_is_huge_page);
    if (!extend(path, page, levels)) return std::unexpected(MapError::frame_allocation_failed);
    entry(path, levels - 1, page) = leaf(frame, flags, size);
    // No flush: the processor does not remember entries that were not present.
    return {};
}

std::expected<void, MapError> Mapper::make_tables(VirtAddr start, std::uint64_t size) {
    // A table of small pages covers as much as a large page.
    for (VirtAddr page{align_down(start.value, large_page_size)}; page < start + size;
         page += large_page_size) {
        if (!is_canonical(page)) return std::unexpected(MapError::not_canonical);
        Path path = descend(page, 4);
        if (path.depth < 4 && is_present(entry(path, path.depth - 1, page))) {
            return std::unexpected(MapError::parent_entry_is_huge_page);
        }
        if (!extend(path, page, 4)) return std::unexpected(MapError::frame_allocation_failed);
    }
    return {};
}

std::expected<PhysAddr, MapError> Mapper::unmap(VirtAddr page, PageSize size, EmptyTables empty) {
    if (const auto error = wrong_place(page, size)) return std::unexpected(*error);
    const std::size_t levels = levels_of(size);
    const Path path = descend(page, levels);
    std::uint64_t& found = entry(path, path.depth - 1, page);
    if (!is_present(found)) return std::unexpected(MapError::not_mapped);
    if (path.depth < levels) return std::unexpected(MapError::parent_entry_is_huge_page);
    // A table of small pages where a large page was named: there is no such large page.
    if (size == PageSize::large && !is_huge(found)) return std::unexpected(MapError::not_mapped);

    const PhysAddr frame{align_down(found & entry_address, bytes(size))};
    found = 0;
    access_.flush(page);
    if (empty == EmptyTables::release) release_empty_tables(path, page);
    return frame;
}

/// Down from the root, at most `levels` tables: to the first entry that leads to no further table.
Mapper::Path Mapper::descend(VirtAddr page, std::size_t levels) const {
    Path path{{root_}, 1};
    while (path.depth < levels) {
        const std::uint64_t next = entry(path, path.depth - 1, page);
        if (!is_present(next) || (path.depth > 1 && is_huge(next))) break;
        path.tables[path.depth++] = PhysAddr{next & entry_address};
    }
    return path;
}

std::uint64_t& Mapper::entry(const Path& path, std::size_t step, VirtAddr page) const {
    return access_.words(path.tables[step])[index_of(page, step)];
}

/// Adds the tables that are missing on the way. Takes all their frames before it links the first,
/// so that a failure has nothing to take apart.
bool Mapper::extend(Path& path, VirtAddr page, std::size_t levels) {
    const std::size_t present = path.depth;
    // First all frames ...
    for (; path.depth < levels; ++path.depth) {
        const std::optional<PhysAddr> table = frames_.allocate();
        if (!table) {
            while (path.depth > present) (void)frames_.free(path.tables[--path.depth]);
            return false;
        }
        path.tables[path.depth] = *table;
    }
    // ... then the links, which can no longer fail. A table is empty before anything leads to it.
    for (std::size_t step = present; step < levels; ++step) {
        std::ranges::fill(access_.words(path.tables[step]), 0);
        // The rights of a page are those that all levels grant: the leaf alone shall decide.
        entry(path, step - 1, page) = path.tables[step].value | entry_present | entry_writable;
    }
    return true;
}

/// Reads the bit and clears it. The processor may still remember that it was set: see take_dirty.
bool Mapper::take_dirty_bit(const Path& path, VirtAddr page) {
    std::uint64_t& found = entry(path, 3, page);
    if (!is_present(found) || (found & entry_dirty) == 0) return false;
    found &= ~entry_dirty;
    return true;
}

/// From the lowest table upwards, as long as one is empty; the root always stays.
void Mapper::release_empty_tables(const Path& path, VirtAddr page) {
    for (std::size_t step = path.depth - 1; step > 0; --step) {
        const PageAccess::Words words = access_.words(path.tables[step]);
        if (!std::ranges::all_of(words, [](std::uint64_t word) { return word == 0; })) return;
        // A table that came from elsewhere is not the allocator's to take: it stays where it is.
        if (!frames_.free(path.tables[step])) return;
        entry(path, step - 1, page) = 0;
        // The processor also remembers the upper levels; this flush forgets those of this address.
        access_.flush(page);
    }
}

std::optional<PhysAddr> Mapper::translate(VirtAddr address) const {
    return walk(address).physical;
}

/// The same steps that the processor takes, written down one by one.
PageWalk Mapper::walk(VirtAddr address) const {
    PageWalk result;
    if (!is_canonical(address)) return result;
    PhysAddr table = root_;
    for (std::size_t step = 0; step < 4; ++step) {
        const std::size_t index = index_of(address, step);
        const std::uint64_t found = access_.words(table)[index];
        result.levels[result.depth++] = {static_cast<std::uint8_t>(4 - step),
                                         static_cast<std::uint16_t>(index), found};
        if (!is_present(found)) return result;
        // Bit 7 says "page" only at the two middle levels; in a last-level entry it is a cache bit.
        if (step == 3 || (step > 0 && is_huge(found))) {
            const std::uint64_t size = page_size << (9 * (3 - step));
            result.physical =
                PhysAddr{align_down(found & entry_address, size) + address.value % size};
            return result;
        }
        table = PhysAddr{found & entry_address};
    }
    return result;
}

}  // namespace heap44::mm
