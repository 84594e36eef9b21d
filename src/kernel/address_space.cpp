// SPDX-License-Identifier: MIT
#include "kernel/address_space.hpp"

#include <algorithm>

#include "kernel/boot/usable_memory.hpp"
#include "kernel/image.hpp"
#include "kernel/x86_64/cpu.hpp"
#include "kernel/x86_64/stacks.hpp"
#include "lib/align.hpp"
#include "mm/heap_region.hpp"

namespace heap44::kernel {

namespace {

using mm::PageFlags;
using mm::PageSize;
using mm::PhysicalRange;

constinit AddressSpace the_address_space;

}  // namespace

AddressSpace& address_space() {
    return the_address_space;
}

/// The first page tables map physical memory at the same place as the final ones, so this works
/// before and after the switch.
mm::PageAccess::Words AddressSpace::Access::words(PhysAddr frame) {
    auto* const first = reinterpret_cast<std::uint64_t*>(physical_to_virtual(frame).value);
    return Words(first, mm::entries_per_table);
}

void AddressSpace::Access::flush(VirtAddr page) {
    flush_page(page);
}

/// Cheaper than many single flushes, and global pages are not used.
void AddressSpace::Access::flush_all() {
    write_cr3(read_cr3());
}

AddressSpace::Result AddressSpace::build(const BootInfo& boot_info) {
    find_memory(boot_info);
    // The new tables are built while the first ones are in use; both map physical memory at the
    // same place.
    const std::optional<PhysAddr> root = frames_.allocate();
    if (!root) return std::unexpected(mm::MapError::frame_allocation_failed);
    std::ranges::fill(access_.words(*root), 0);
    mapper_.emplace(*root, frames_, access_);
    if (const Result done = map_physical_memory(); !done) return done;
    if (const Result done = map_image(); !done) return done;
    // The first tables, and with them memory at its own addresses, are gone after this. Write
    // protection and no-execute pages are on since boot.
    write_cr3(root->value);
    return {};
}

/// The bitmap of the frames has to lie in memory itself, before there is anything to allocate from.
void AddressSpace::find_memory(const BootInfo& boot_info) {
    memory_ = usable_memory(boot_info.memory_map());
    ReservedMemory reserved(boot_info.reserved_ranges());
    reserved.add({image_physical_start(), image_physical_end() - image_physical_start()});
    const std::size_t words = mm::FrameAllocator::bitmap_words(memory_.ranges());
    const PhysicalRange room = find_room(memory_, reserved.all(), words * sizeof(std::uint64_t));
    reserved.add(room);
    auto* const first = reinterpret_cast<std::uint64_t*>(physical_to_virtual(room.start).value);
    const std::span bitmap(first, room.size / sizeof(std::uint64_t));
    frames_ = mm::FrameAllocator(memory_.ranges(), reserved.all(), bitmap);
}

/// All usable memory but the frames of the kernel's code and constants: through a second, writable
/// mapping of those one stray pointer could change what the first protects.
AddressSpace::Result AddressSpace::map_physical_memory() {
    const PhysAddr text = image_to_physical(address_of(text_start));
    const PhysAddr rodata = image_to_physical(address_of(rodata_start));
    mm::PhysicalRanges mapped = memory_;
    mapped.remove({text, static_cast<std::uint64_t>(text_end - text_start)});
    mapped.remove({rodata, static_cast<std::uint64_t>(rodata_end - rodata_start)});
    for (const PhysicalRange& range : mapped.ranges()) {
        const VirtAddr start = physical_to_virtual(range.start);
        const VirtAddr end = start + range.size;
        if (const Result done = map_range(start, end, range.start, {.writable = true}); !done) {
            return done;
        }
        regions_.add("physical memory map", start, end);
    }
    return {};
}

AddressSpace::Result AddressSpace::map_image() {
    const auto map = [this](std::string_view kind, const std::byte* start, const std::byte* end,
                            PageFlags flags) {
        return map_part(kind, address_of(start), address_of(end), flags);
    };
    if (const Result done = map("kernel text", text_start, text_end, {.executable = true}); !done) {
        return done;
    }
    if (const Result done = map("kernel rodata", rodata_start, rodata_end, {}); !done) return done;
    return map_data();
}

/// Data and .bss, in which the stacks lie, each above a guard area that stays unmapped. A stack
/// that grows too far shall fault, and not overwrite what lies below it.
AddressSpace::Result AddressSpace::map_data() {
    constexpr PageFlags flags{.writable = true};
    VirtAddr position = address_of(data_start);
    for (const StackArea& stack : stacks()) {
        if (const Result done = map_part("kernel data", position, stack.guard, flags); !done) {
            return done;
        }
        regions_.add("guard page", stack.guard, stack.bottom);
        if (const Result done = map_part(stack.name, stack.bottom, stack.top, flags); !done) {
            return done;
        }
        position = stack.top;
    }
    return map_part("kernel data", position, address_of(bss_end), flags);
}

/// Small pages, since each part begins and ends where the linker put it.
AddressSpace::Result AddressSpace::map_part(std::string_view kind, VirtAddr start, VirtAddr end,
                                            PageFlags flags) {
    if (start >= end) return {};
    for (VirtAddr page = start; page < end; page += page_size) {
        const Result done = mapper_->map(page, image_to_physical(page), flags);
        if (!done) return done;
    }
    regions_.add(kind, start, end);
    return {};
}

/// In large pages as far as both addresses are aligned for one.
AddressSpace::Result AddressSpace::map_range(VirtAddr start, VirtAddr end, PhysAddr frame,
                                             PageFlags flags) {
    while (start < end) {
        const bool large = is_aligned(start.value | frame.value, mm::large_page_size) &&
                           end - start >= mm::large_page_size;
        const PageSize size = large ? PageSize::large : PageSize::small;
        if (const Result done = mapper_->map(start, frame, flags, size); !done) return done;
        start += mm::bytes(size);
        frame += mm::bytes(size);
    }
    return {};
}

AddressSpace::Result AddressSpace::map_region(std::string_view kind, VirtAddr start,
                                              std::uint64_t size, Guards guards) {
    if (!mapper_) return std::unexpected(mm::MapError::frame_allocation_failed);
    const std::uint64_t guard = guards == Guards::both ? page_size : 0;
    const VirtAddr end = start + align_up(size, page_size);
    // The list knows more than the tables do: a guard page is taken, though nothing is mapped.
    if (is_taken(start - guard, end + guard)) return std::unexpected(mm::MapError::already_mapped);
    const Result done = mm::map_fresh({*mapper_, frames_, access_}, start, size);
    if (!done) return done;
    if (guard != 0) regions_.add("guard page", start - guard, start);
    regions_.add(kind, start, end);
    if (guard != 0) regions_.add("guard page", end, end + guard);
    return {};
}

AddressSpace::Result AddressSpace::map_large_region(std::string_view kind, VirtAddr start,
                                                    std::uint64_t size) {
    const VirtAddr end = start + size;
    if (!mapper_ || is_taken(start - page_size, end + page_size)) {
        return std::unexpected(mm::MapError::already_mapped);
    }
    const auto frames = frames_.allocate_run(size / page_size, mm::large_page_size);
    if (!frames) return std::unexpected(mm::MapError::frame_allocation_failed);
    // Half of it may be mapped: all is taken back, pages first, then frames.
    if (const Result done = map_range(start, end, *frames, {.writable = true}); !done) {
        for (VirtAddr page = start; page < end; page += mm::large_page_size) {
            (void)mapper_->unmap(page, PageSize::large);
        }
        for (std::uint64_t offset = 0; offset < size; offset += page_size) {
            (void)frames_.free(*frames + offset);
        }
        return done;
    }
    regions_.add("guard page", start - page_size, start);
    regions_.add(kind, start, end);
    regions_.add("guard page", end, end + page_size);
    return {};
}

/// At the physical map's distance, in which only memory is mapped.
std::expected<VirtAddr, mm::MapError> AddressSpace::map_device(std::string_view kind,
                                                               PhysAddr registers) {
    const PhysAddr frame{align_down(registers.value, page_size)};
    const VirtAddr page = physical_to_virtual(frame);
    if (!mapper_ || is_taken(page, page + page_size)) {
        return std::unexpected(mm::MapError::already_mapped);
    }
    const Result done = mapper_->map(page, frame, {.writable = true, .uncached = true});
    if (!done) return std::unexpected(done.error());
    regions_.add(kind, page, page + page_size);
    return physical_to_virtual(registers);
}

/// Only the list changes. A guard page on either side keeps other regions away.
AddressSpace::Result AddressSpace::reserve_window(std::string_view kind, VirtAddr start,
                                                  std::uint64_t size) {
    const VirtAddr end = start + size;
    if (is_taken(start - page_size, end + page_size)) {
        return std::unexpected(mm::MapError::already_mapped);
    }
    regions_.add("guard page", start - page_size, start);
    regions_.add(kind, start, end);
    regions_.add("guard page", end, end + page_size);
    return {};
}

/// Where a page is mapped and unmapped for each block, its tables would be, too, and that takes
/// longer than the page.
void AddressSpace::make_window_tables(VirtAddr start, std::uint64_t size) {
    constexpr std::uint64_t plenty = 1024;
    if (frames_.free_count() > plenty) (void)mapper_->make_tables(start, size);
}

mm::MappingTools AddressSpace::window_tools() {
    return {*mapper_, frames_, access_, mm::EmptyTables::keep};
}

/// Fresh frames, zeroed. False where they run out; then none of the pages is mapped.
bool AddressSpace::WindowPages::map(VirtAddr start, std::size_t pages) {
    return mm::map_fresh(space_.window_tools(), start, pages * page_size).has_value();
}

void AddressSpace::WindowPages::unmap(VirtAddr start, std::size_t pages) {
    mm::unmap_fresh(space_.window_tools(), start, pages * page_size);
}

std::optional<PhysAddr> AddressSpace::translate(VirtAddr address) const {
    return walk(address).physical;
}

/// Goes down from the top table. A large page has no table below it.
std::optional<unsigned> AddressSpace::table_level(PhysAddr frame) {
    if (!mapper_) return std::nullopt;
    // All tables are looked through; there are few.
    const auto search = [&](auto& self, PhysAddr table, unsigned level) -> std::optional<unsigned> {
        if (table == frame) return level;
        if (level == 1) return std::nullopt;
        for (const std::uint64_t entry : access_.words(table)) {
            const bool is_table =
                (entry & (mm::entry_present | mm::entry_huge)) == mm::entry_present;
            if (!is_table) continue;
            const auto found = self(self, {entry & mm::entry_address}, level - 1);
            if (found) return found;
        }
        return std::nullopt;
    };
    return search(search, mapper_->root(), 4);
}

mm::PageWalk AddressSpace::walk(VirtAddr address) const {
    return mapper_ ? mapper_->walk(address) : mm::PageWalk{};
}

}  // namespace heap44::kernel
