// SPDX-License-Identifier: MIT
// Reaching ACPI's tables: finding the first, checking each, reading numbers out of them.
//
// Everything in a table is checked before it is believed: signature, length, sum, and that all of
// it is memory. Firmware is code of strangers, and the tables may be anywhere.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include "kernel/boot/boot_info.hpp"
#include "lib/address.hpp"

namespace heap44::kernel {

using Table = std::span<const std::byte>;

/// The number at `offset`; 0, ACPI's own "none", where the table ends before it.
template <std::unsigned_integral Number>
[[nodiscard]] Number number_at(Table table, std::size_t offset) {
    static_assert(std::endian::native == std::endian::little, "as ACPI's numbers are");
    Number number = 0;
    if (offset <= table.size() && sizeof(Number) <= table.size() - offset) {
        std::memcpy(&number, table.data() + offset, sizeof(Number));
    }
    return number;
}

/// Every table begins with a header: signature (4 bytes), length (4), revision and checksum, names
/// (ACPI specification, 5.2.6).
inline constexpr std::size_t table_header_size = 36;

/// The table at `address`, as long as it says, if it has this signature and its sum is right.
[[nodiscard]] std::optional<Table> table_at(const PhysicalMemory& memory, PhysAddr address,
                                            std::string_view signature);

/// The first table with this signature that the root table lists.
[[nodiscard]] std::optional<Table> find_table(const BootInfo& boot_info,
                                              const PhysicalMemory& memory,
                                              std::string_view signature);

}  // namespace heap44::kernel
