// SPDX-License-Identifier: MIT
// Finds in ACPI's tables how to switch this machine off and how to reset it. Knows no hardware:
// every byte comes through PhysicalMemory, and no table can make it loop or read outside.
//
//     RSDP --> XSDT or RSDT --> FADT --> ports of the power registers, reset register
//                                |
//                   |            +--> DSDT --> \_S5_: two numbers that mean "off"
//                   +--> MADT --> interrupt controllers
//
// Only so much of ACPI is understood as is needed to end or restart the machine, and to hear its
// interrupts. AML is a language, and its interpreter would be larger than this kernel; the two
// numbers are constants and can be found without one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "kernel/boot/boot_info.hpp"
#include "kernel/x86_64/apic.hpp"

namespace heap44::kernel {

/// A value to be written to a port.
struct PortWrite {
    std::uint16_t port;
    std::uint8_t value;
};

/// The numbers that select the sleeping state S5, "soft off", in the two control registers.
struct SleepTypes {
    std::uint8_t a;
    std::uint8_t b;
};

/// How to switch off: write the types, with the enable bit, into the control registers (ACPI
/// specification, 7.4.2, 4.8.3.2).
struct SoftOff {
    std::uint16_t control_a;  // ports of the PM1 control registers
    std::uint16_t control_b;  // most machines have only the first: 0
    SleepTypes types;
};

/// What was found. Each part is missing where the tables do not have it, or are damaged.
struct AcpiInfo {
    std::optional<SoftOff> soft_off;
    std::optional<PortWrite> enable;  // makes the firmware hand the power registers over
    std::optional<PortWrite> reset;
    std::optional<ApicLayout> apic;
};

/// Follows RSDP, RSDT or XSDT, FADT, DSDT, MADT. What is missing or damaged stays empty.
[[nodiscard]] AcpiInfo read_acpi(const BootInfo& boot_info, const PhysicalMemory& memory);

/// What the package `_S5_` in a block of AML, ACPI's program code, begins with: the two types.
/// Nothing where it is not there, or not constant.
[[nodiscard]] std::optional<SleepTypes> find_soft_off(std::span<const std::byte> aml);

}  // namespace heap44::kernel
