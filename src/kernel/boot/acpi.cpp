// SPDX-License-Identifier: MIT
#include "kernel/boot/acpi.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "kernel/boot/acpi_tables.hpp"
#include "kernel/boot/madt.hpp"

namespace heap44::kernel {

namespace {

// Offsets in the FADT. Some things stand in it twice: first as ACPI 1.0 had them, then, in a
// longer form and preferred, as ACPI 2.0 added them.
// ACPI specification, 5.2.9, "Fixed ACPI Description Table".
constexpr std::size_t dsdt_offset = 40;
constexpr std::size_t dsdt_offset_long = 140;
constexpr std::size_t enable_port_offset = 48;
constexpr std::size_t enable_value_offset = 52;
constexpr std::size_t control_a_offset = 64;
constexpr std::size_t control_a_offset_long = 172;
constexpr std::size_t control_b_offset = 68;
constexpr std::size_t control_b_offset_long = 184;
constexpr std::size_t flags_offset = 112;
constexpr std::size_t reset_register_offset = 116;
constexpr std::size_t reset_value_offset = 128;
constexpr std::uint32_t reset_supported = 1U << 10;

// In AML, ACPI's program code.
// NameOp, PackageOp, RootChar (ACPI specification, 20.2).
constexpr std::byte name_operator{0x08};
constexpr std::byte package_operator{0x12};
constexpr std::byte root_prefix{'\\'};

/// A port, if there is one with such a number.
std::uint16_t as_port(std::uint64_t address) {
    return address <= 0xffff ? static_cast<std::uint16_t>(address) : std::uint16_t{0};
}

/// A "generic address": which space, how wide, where. Only ports are of use here; 0 is none.
std::uint16_t generic_port(Table fadt, std::size_t offset) {
    constexpr std::uint8_t port_space = 1;
    if (number_at<std::uint8_t>(fadt, offset) != port_space) return 0;
    return as_port(number_at<std::uint64_t>(fadt, offset + 4));
}

/// The longer form wins, if it names a port.
std::uint16_t control_port(Table fadt, std::size_t offset, std::size_t offset_long) {
    const std::uint16_t port = generic_port(fadt, offset_long);
    return port != 0 ? port : as_port(number_at<std::uint32_t>(fadt, offset));
}

/// The flag says whether the register is there at all; on old tables its place holds something
/// else.
std::optional<PortWrite> reset_of(Table fadt) {
    if ((number_at<std::uint32_t>(fadt, flags_offset) & reset_supported) == 0) return std::nullopt;
    const std::uint16_t port = generic_port(fadt, reset_register_offset);
    if (port == 0) return std::nullopt;
    return PortWrite{port, number_at<std::uint8_t>(fadt, reset_value_offset)};
}

/// Nothing where the firmware has handed the registers over from the start: then both fields are 0.
std::optional<PortWrite> enable_of(Table fadt) {
    const std::uint16_t port = as_port(number_at<std::uint32_t>(fadt, enable_port_offset));
    const auto value = number_at<std::uint8_t>(fadt, enable_value_offset);
    if (port == 0 || value == 0) return std::nullopt;
    return PortWrite{port, value};
}

std::optional<Table> find_dsdt(Table fadt, const PhysicalMemory& memory) {
    const PhysAddr address{number_at<std::uint64_t>(fadt, dsdt_offset_long)};
    if (const auto dsdt = table_at(memory, address, "DSDT")) return dsdt;
    return table_at(memory, {number_at<std::uint32_t>(fadt, dsdt_offset)}, "DSDT");
}

/// The first control register and the two types are needed. Most machines have no second register.
std::optional<SoftOff> soft_off_of(Table fadt, const PhysicalMemory& memory) {
    const std::uint16_t control_a = control_port(fadt, control_a_offset, control_a_offset_long);
    const std::uint16_t control_b = control_port(fadt, control_b_offset, control_b_offset_long);
    const std::optional<Table> dsdt = find_dsdt(fadt, memory);
    if (control_a == 0 || !dsdt) return std::nullopt;
    const std::optional<SleepTypes> types = find_soft_off(dsdt->subspan(table_header_size));
    if (!types) return std::nullopt;
    return SoftOff{control_a, control_b, *types};
}

/// Takes a small constant from the front of `aml`: an operator for 0 and 1, else a prefix that
/// says how many bytes follow.
std::optional<std::uint8_t> take_constant(Table& aml) {
    constexpr std::array<std::size_t, 3> sizes{1, 2, 4};  // after the prefixes 0x0a, 0x0b, 0x0c
    if (aml.empty()) return std::nullopt;
    const auto code = std::to_integer<std::uint8_t>(aml[0]);
    aml = aml.subspan(1);
    // ZeroOp and OneOp are their own value.
    if (code <= 1) return code;
    if (code < 0x0a || code > 0x0c || aml.empty()) return std::nullopt;
    const auto value = std::to_integer<std::uint8_t>(aml[0]);
    aml = aml.subspan(std::min(aml.size(), sizes[code - 0x0aU]));
    return value <= 7 ? std::optional(value) : std::nullopt;  // three bits of a register
}

/// The two numbers of `Package { a, b, ... }`, where `aml` begins with it.
std::optional<SleepTypes> package_of_types(Table aml) {
    if (aml.size() < 3 || aml[0] != package_operator) return std::nullopt;
    // The package's length says in its two top bits how many further bytes it has.
    const std::size_t more = std::to_integer<std::size_t>(aml[1] >> 6);
    if (aml.size() < 3 + more) return std::nullopt;
    const auto count = std::to_integer<std::uint8_t>(aml[2 + more]);
    aml = aml.subspan(3 + more);
    const auto a = take_constant(aml);
    if (!a || count == 0) return std::nullopt;
    const auto b = count > 1 ? take_constant(aml) : std::nullopt;
    return SleepTypes{*a, b.value_or(0)};
}

}  // namespace

// A search for the name in place of an interpreter of AML: the name is reserved, its value has to
// be constant, and all that is wanted are two numbers.
std::optional<SleepTypes> find_soft_off(std::span<const std::byte> aml) {
    constexpr std::size_t name_size = 4;
    for (std::size_t i = 1; i + name_size < aml.size(); ++i) {
        if (std::memcmp(aml.data() + i, "_S5_", name_size) != 0) continue;
        const bool named = aml[i - 1] == name_operator ||
                           (i > 1 && aml[i - 1] == root_prefix && aml[i - 2] == name_operator);
        if (!named) continue;
        if (const auto types = package_of_types(aml.subspan(i + name_size))) return types;
    }
    return std::nullopt;
}

AcpiInfo read_acpi(const BootInfo& boot_info, const PhysicalMemory& memory) {
    AcpiInfo info;
    if (const auto fadt = find_table(boot_info, memory, "FACP")) {
        info.soft_off = soft_off_of(*fadt, memory);
        info.enable = enable_of(*fadt);
        info.reset = reset_of(*fadt);
    }
    if (const auto madt = find_table(boot_info, memory, "APIC")) info.apic = apic_layout(*madt);
    return info;
}

}  // namespace heap44::kernel
