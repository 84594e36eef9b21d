// SPDX-License-Identifier: MIT
// Switching the machine off, with or without a status for who started it, and starting it anew.
//
// Each way is tried in turn, the best one first; after each one the machine gets a moment to obey.
// None of them reports success: whoever still runs knows that it has failed.
#pragma once

#include <cstdint>
#include <optional>

#include "kernel/boot/acpi.hpp"
#include "kernel/boot/boot_info.hpp"

namespace heap44::kernel {

class Power {
public:
    /// Reads what ACPI says. Only the first tables reach ACPI's memory: call it before
    /// AddressSpace::build.
    void prepare(const BootInfo& boot_info, const PhysicalMemory& memory);

    /// Whether ACPI told how to end it.
    [[nodiscard]] bool can_poweroff() const { return acpi_.soft_off.has_value(); }
    /// Ends the machine, through QEMU's isa-debug-exit where there is a status (0 to 127) to hand
    /// on and such a device. Returns only where nothing worked. Flush the serial port before.
    void poweroff(std::optional<std::uint8_t> status);
    /// Starts the machine anew. If everything else fails it makes the processor reset itself.
    [[noreturn]] void reboot();

    /// Whether isa-debug-exit is there: nothing answers at a port without a device, and the bus
    /// then reads as all ones.
    [[nodiscard]] bool has_exit_status() const;
    [[nodiscard]] const AcpiInfo& acpi() const { return acpi_; }

private:
    void soft_off(const SoftOff& how);

    AcpiInfo acpi_;
};

[[nodiscard]] Power& power();

}  // namespace heap44::kernel
