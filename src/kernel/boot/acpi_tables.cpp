// SPDX-License-Identifier: MIT
#include "kernel/boot/acpi_tables.hpp"

#include <algorithm>

namespace heap44::kernel {

namespace {

// The root pointer has no such header, but one of its own (ACPI specification, 5.2.5.3).
constexpr std::string_view rsdp_signature = "RSD PTR ";
constexpr std::size_t rsdp_size_1 = 20;  // as ACPI 1.0 knew it; its checksum still covers only this
constexpr std::size_t rsdp_size_2 = 36;

// Real ones have some hundred KiB at most. A length beyond this is damage.
constexpr std::uint32_t largest_table = 4 * 1024 * 1024;

bool begins_with(Table table, std::string_view signature) {
    return table.size() >= signature.size() &&
           std::memcmp(table.data(), signature.data(), signature.size()) == 0;
}

/// The bytes of each table, its checksum among them, add up to 0.
bool sum_is_right(Table table) {
    unsigned sum = 0;
    for (const std::byte byte : table) sum += std::to_integer<unsigned>(byte);
    return (sum & 0xff) == 0;
}

bool is_rsdp(Table table) {
    return table.size() >= rsdp_size_1 && begins_with(table, rsdp_signature) &&
           sum_is_right(table.first(rsdp_size_1));
}

/// It lies at a multiple of 16, somewhere in this area.
std::optional<Table> scan_for_rsdp(const PhysicalMemory& memory, PhysAddr start, std::size_t size) {
    const Table area = memory.at(start, size);
    for (std::size_t offset = 0; offset + rsdp_size_1 <= area.size(); offset += 16) {
        const Table candidate = area.subspan(offset);
        if (is_rsdp(candidate)) return candidate.first(std::min(candidate.size(), rsdp_size_2));
    }
    return std::nullopt;
}

/// From the loader, or where the BIOS leaves it: at the start of its extended data area, whose
/// segment stands at 0x40e, or in its ROM.
std::optional<Table> find_rsdp(const BootInfo& boot_info, const PhysicalMemory& memory) {
    const Table copied =
        Table(boot_info.rsdp).first(std::min(boot_info.rsdp_size, boot_info.rsdp.size()));
    if (is_rsdp(copied)) return copied;
    if (boot_info.rsdp_address.value != 0) {
        const Table pointed_at = memory.at(boot_info.rsdp_address, rsdp_size_2);
        if (is_rsdp(pointed_at)) return pointed_at;
    }
    const std::uint64_t segment = number_at<std::uint16_t>(memory.at({0x40e}, 2), 0);
    const auto extended = scan_for_rsdp(memory, {segment * 16}, 1024);
    return extended ? extended : scan_for_rsdp(memory, {0xe'0000}, std::size_t{128} * 1024);
}

/// The root table: addresses of the other tables behind its header, 4 or 8 bytes each.
struct Root {
    Table table;
    std::size_t entry_size;

    [[nodiscard]] PhysAddr entry(std::size_t offset) const {
        if (entry_size == 8) return {number_at<std::uint64_t>(table, offset)};
        return {number_at<std::uint32_t>(table, offset)};
    }
};

/// The XSDT holds addresses of 64 bits; ACPI 1.0 had only the RSDT. Either may be the damaged one.
std::optional<Root> find_root(Table rsdp, const PhysicalMemory& memory) {
    const auto revision = number_at<std::uint8_t>(rsdp, 15);
    if (revision >= 2) {
        const PhysAddr address{number_at<std::uint64_t>(rsdp, 24)};
        if (const auto xsdt = table_at(memory, address, "XSDT")) return Root{*xsdt, 8};
    }
    const PhysAddr address{number_at<std::uint32_t>(rsdp, 16)};
    if (const auto rsdt = table_at(memory, address, "RSDT")) return Root{*rsdt, 4};
    return std::nullopt;
}

}  // namespace

std::optional<Table> table_at(const PhysicalMemory& memory, PhysAddr address,
                              std::string_view signature) {
    if (address.value == 0) return std::nullopt;
    const Table header = memory.at(address, table_header_size);
    if (header.size() < table_header_size || !begins_with(header, signature)) return std::nullopt;
    const auto length = number_at<std::uint32_t>(header, 4);
    if (length < table_header_size || length > largest_table) return std::nullopt;
    const Table table = memory.at(address, length);
    if (table.size() < length || !sum_is_right(table)) return std::nullopt;
    return table;
}

std::optional<Table> find_table(const BootInfo& boot_info, const PhysicalMemory& memory,
                                std::string_view signature) {
    const std::optional<Table> rsdp = find_rsdp(boot_info, memory);
    if (!rsdp) return std::nullopt;
    const std::optional<Root> root = find_root(*rsdp, memory);
    if (!root) return std::nullopt;
    for (std::size_t offset = table_header_size; offset + root->entry_size <= root->table.size();
         offset += root->entry_size) {
        if (const auto table = table_at(memory, root->entry(offset), signature)) return table;
    }
    return std::nullopt;
}

}  // namespace heap44::kernel
