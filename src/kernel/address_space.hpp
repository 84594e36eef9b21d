// SPDX-License-Identifier: MIT
// The kernel's final page tables, and the list of what they map and why.
//
//     page zero           nothing: a null pointer faults
//     lower half          regions that are asked for: heap, records, window, journal
//     the physical map    physical memory, but for the kernel's text and constants
//     the image           the kernel: text r-x, constants r--, data and stacks rw-
//
// lib/address_plan.hpp says where each begins.
//
// The tables say what is mapped; the list of regions says why. Reports and `memmap` ask the list,
// and so does whoever wants addresses: what the list has is taken, also a guard page, which the
// tables do not know.
//
// Invariants: no page is both writable and executable. No frame of the kernel's text or constants
// has a second mapping. Under each stack lie pages that are not mapped.
//
// Cost: physical memory is mapped in pages of 2 MiB where that is possible, so the tables of a
// gigabyte take a few pages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

#include "kernel/boot/boot_info.hpp"
#include "kernel/region_list.hpp"
#include "lib/address.hpp"
#include "mm/frames.hpp"
#include "mm/heap/designs/parts/page_control.hpp"
#include "mm/heap_region.hpp"
#include "mm/page_table.hpp"
#include "shell/platform/machine.hpp"

namespace heap44::kernel {

/// Whether a region has a page before and behind it that is never mapped.
enum class Guards : std::uint8_t { none, both };

/// There is one. Before `build` the processor uses the first page tables, of which this object
/// knows nothing: `walk`, `translate` and the list are empty then.
class AddressSpace {
public:
    /// Builds the tables and makes the processor use them: the kernel with the least rights that
    /// each part needs, physical memory as far as the map calls it usable (and no second way to
    /// the kernel's code), nothing else. What is read from firmware memory, ACPI's tables above
    /// all, has to be read before.
    [[nodiscard]] std::expected<void, mm::MapError> build(const BootInfo& boot_info);

    /// Maps zeroed memory at `start`, under a name that has to live on. Fails where something of
    /// these addresses is taken, or memory runs out; then nothing has changed.
    [[nodiscard]] std::expected<void, mm::MapError> map_region(std::string_view kind,
                                                               VirtAddr start, std::uint64_t size,
                                                               Guards guards = Guards::none);

    /// Maps memory as it is found, in large pages as far as it goes: for much of it at once. `size`
    /// is a multiple of the large page's; the frames lie in one run. On failure nothing has
    /// changed.
    [[nodiscard]] std::expected<void, mm::MapError> map_large_region(std::string_view kind,
                                                                     VirtAddr start,
                                                                     std::uint64_t size);

    /// Maps the page in which a device's registers are; where they are then.
    [[nodiscard]] std::expected<VirtAddr, mm::MapError> map_device(std::string_view kind,
                                                                   PhysAddr registers);

    /// Calls `visit(page)` for each page of the range written to since it was visited last.
    void take_dirty(VirtAddr start, std::uint64_t size, auto&& visit) {
        if (mapper_) mapper_->take_dirty(start, size, visit);
    }
    /// Sets addresses aside, with a page before and behind them; nothing is mapped there yet. The
    /// region's name has to live on.
    [[nodiscard]] std::expected<void, mm::MapError> reserve_window(std::string_view kind,
                                                                   VirtAddr start,
                                                                   std::uint64_t size);
    /// Makes the page tables of such a window once and for all; where memory is short they are made
    /// when a page needs them.
    void make_window_tables(VirtAddr start, std::uint64_t size);
    /// Maps and unmaps pages of such a window.
    [[nodiscard]] mm::PageControl& window_pages() { return window_pages_; }

    /// In address order. The kinds are `physical memory map`, `kernel text`, `kernel rodata`,
    /// `kernel data`, `guard page`, the names of the stacks, and what `map_region` was told.
    [[nodiscard]] std::span<const shell::MemoryRegion> regions() const { return regions_.all(); }
    /// The region that holds this address, or null.
    [[nodiscard]] const shell::MemoryRegion* region_of(VirtAddr address) const {
        return regions_.overlap(address, address + 1);
    }

    /// Where an address is mapped to; nothing where it is not.
    [[nodiscard]] std::optional<PhysAddr> translate(VirtAddr address) const;
    /// Empty before `build`, and for an address that is not canonical.
    [[nodiscard]] mm::PageWalk walk(VirtAddr address) const;
    /// The level (4 to 1) of the page table that this frame is; nothing for any other frame.
    [[nodiscard]] std::optional<unsigned> table_level(PhysAddr frame);
    [[nodiscard]] const mm::FrameAllocator& frames() const { return frames_; }

private:
    using Result = std::expected<void, mm::MapError>;

    /// How the mapper reaches page tables: through the mapping of physical memory.
    class Access final : public mm::PageAccess {
    public:
        Words words(PhysAddr frame) override;
        void flush(VirtAddr page) override;
        void flush_all() override;
    };

    /// Pages of the window, mapped and unmapped as blocks of `guard-page` come and go.
    class WindowPages final : public mm::PageControl {
    public:
        constexpr explicit WindowPages(AddressSpace& space) : space_(space) {}
        bool map(VirtAddr start, std::size_t pages) override;
        void unmap(VirtAddr start, std::size_t pages) override;

    private:
        AddressSpace& space_;
    };

    [[nodiscard]] mm::MappingTools window_tools();
    /// Whether the list of regions has anything between the two.
    [[nodiscard]] bool is_taken(VirtAddr start, VirtAddr end) const {
        return regions_.overlap(start, end) != nullptr;
    }
    void find_memory(const BootInfo& boot_info);
    [[nodiscard]] Result map_physical_memory();
    /// One part of `build` each. They add what they map to the list.
    [[nodiscard]] Result map_image();
    [[nodiscard]] Result map_data();
    [[nodiscard]] Result map_range(VirtAddr start, VirtAddr end, PhysAddr frame,
                                   mm::PageFlags flags);
    [[nodiscard]] Result map_part(std::string_view kind, VirtAddr start, VirtAddr end,
                                  mm::PageFlags flags);

    Access access_;
    mm::FrameAllocator frames_;
    mm::PhysicalRanges memory_;
    std::optional<mm::Mapper> mapper_;
    RegionList regions_;
    WindowPages window_pages_{*this};
};

[[nodiscard]] AddressSpace& address_space();

}  // namespace heap44::kernel
