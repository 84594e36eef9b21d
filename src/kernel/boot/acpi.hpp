// SPDX-License-Identifier: MIT
// Finds in ACPI's tables how to switch this machine off and how to reset it. Knows no hardware:
// every byte comes through PhysicalMemory, and no table can make it loop or read outside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "kernel/boot/boot_info.hpp"

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

struct SoftOff {
    std::uint16_t control_a;  // ports of the PM1 control registers
    std::uint16_t control_b;  // most machines have only the first: 0
    SleepTypes types;
};

struct AcpiInfo {
    std::optional<SoftOff> soft_off;
    std::optional<PortWrite> enable;  // makes the firmware hand the power registers over
    std::optional<PortWrite> reset;
};

/// Follows RSDP, RSDT or XSDT, FADT, DSDT. What is missing or damaged stays empty.
[[nodiscard]] AcpiInfo read_acpi(const BootInfo& boot_info, const PhysicalMemory& memory);

/// What the package `_S5_` in a block of AML, ACPI's program code, begins with.
[[nodiscard]] std::optional<SleepTypes> find_soft_off(std::span<const std::byte> aml);

}  // namespace heap44::kernel
