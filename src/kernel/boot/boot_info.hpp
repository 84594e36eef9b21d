// SPDX-License-Identifier: MIT
// What the boot loader told the kernel, copied out of the loader's memory before anything else
// can overwrite it. Two protocols say the same things: Multiboot2 (GRUB) and PVH (QEMU -kernel).
//
// The loader leaves its information in memory that the kernel takes for its own sooner or later. So
// all of it is copied into one object, which has room for what machines have; what does not fit is
// named in `problem` and left out.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "lib/address.hpp"
#include "lib/text.hpp"
#include "shell/answer/options.hpp"

namespace heap44::kernel {

/// A range of physical memory as the firmware describes it. `kind` is the number that both
/// protocols take from the BIOS: 1 is usable, 3 holds ACPI tables, the rest is to be left alone.
struct MemoryRange {
    PhysAddr start;
    std::uint64_t size;
    std::uint32_t kind;

    [[nodiscard]] constexpr bool usable() const { return kind == 1; }
};

/// Physical memory that holds something still in use.
struct ReservedRange {
    PhysAddr start;
    std::uint64_t size;
};

struct BootInfo {
    std::string_view protocol = "unknown";
    std::string_view problem;  // what was wrong with the information; empty if nothing was
    FixedText<64> loader;
    FixedText<shell::longest_command_line> command_line;
    std::array<MemoryRange, 128> memory{};
    std::size_t memory_count = 0;
    std::array<ReservedRange, 16> reserved{};
    std::size_t reserved_count = 0;
    /// The first module that the loader brought along; of size 0 where there is none.
    ReservedRange module{};
    /// The RSDP that the loader handed over: copied (Multiboot2, `rsdp_size` bytes) or pointed at
    /// (PVH). Neither: the BIOS area has to be searched.
    std::array<std::byte, 64> rsdp{};
    std::size_t rsdp_size = 0;
    PhysAddr rsdp_address;

    [[nodiscard]] std::span<const MemoryRange> memory_map() const {
        return std::span(memory).first(memory_count);
    }
    [[nodiscard]] std::span<const ReservedRange> reserved_ranges() const {
        return std::span(reserved).first(reserved_count);
    }
    /// These complain in `problem` where there is no more room.
    void add_memory(const MemoryRange& range);
    void add_reserved(const ReservedRange& range);
    void add_module(const ReservedRange& range);
};

/// Lets a parser reach physical memory; an empty span where there is none. The kernel reads through
/// its first page tables, tests read an array: so a parser can be fed with nonsense.
class PhysicalMemory {
public:
    [[nodiscard]] virtual std::span<const std::byte> at(PhysAddr address,
                                                        std::size_t size) const = 0;

protected:
    ~PhysicalMemory() = default;
};

// What the loader leaves in EAX (Multiboot2 specification, "I386 machine state"), and the magic
// number at the beginning of PVH's start information.
inline constexpr std::uint32_t multiboot2_magic = 0x36d7'6289;
inline constexpr std::uint32_t pvh_magic = 0x336e'c578;

/// Reads what the loader left at `information` into `info`. Never fails: what makes no sense is
/// left out and named in `info.problem`.
void read_boot_information(BootInfo& info, std::uint32_t magic, PhysAddr information,
                           const PhysicalMemory& memory);

}  // namespace heap44::kernel
