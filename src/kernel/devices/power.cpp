// SPDX-License-Identifier: MIT
#include "kernel/devices/power.hpp"

#include "kernel/x86_64/cpu.hpp"
#include "kernel/x86_64/port.hpp"
#include "kernel/x86_64/processor_reset.hpp"

namespace heap44::kernel {

namespace {

// QEMU's isa-debug-exit, where the Makefile and the tests put it.
constexpr std::uint16_t debug_exit = 0xf4;
// The chipset's reset register, on PCs since PCI.
constexpr std::uint16_t reset_control = 0xcf9;
constexpr std::uint16_t keyboard_command = 0x64;

// Bits of the PM1 control register (ACPI specification, 4.8.3.2): SCI_EN, SLP_TYP, SLP_EN.
constexpr std::uint16_t system_in_control = 1U << 0;
constexpr std::uint16_t sleep_type_mask = 7U << 10;
constexpr std::uint16_t sleep_enable = 1U << 13;

constinit Power the_power;

/// A machine needs a moment to stop. A write to port 0x80, which shows numbers to those who debug
/// firmware and does nothing else, takes about a microsecond.
void wait_milliseconds(int count) {
    for (int i = 0; i < count * 1000; ++i) port_out8(0x80, 0);
}

void write(const PortWrite& what) {
    port_out8(what.port, what.value);
}

/// Writes the type of the sleeping state and enters it; all other bits stay.
void select_sleep(std::uint16_t control, std::uint8_t type) {
    const auto kept =
        static_cast<std::uint16_t>(port_in16(control) & ~(sleep_type_mask | sleep_enable));
    port_out16(control, static_cast<std::uint16_t>(kept | (type << 10) | sleep_enable));
}

}  // namespace

Power& power() {
    return the_power;
}

void Power::prepare(const BootInfo& boot_info, const PhysicalMemory& memory) {
    acpi_ = read_acpi(boot_info, memory);
}

bool Power::has_exit_status() const {
    return port_in8(debug_exit) != 0xff;
}

/// First with a status, if one is wanted and can be handed on; then by ACPI.
void Power::poweroff(std::optional<std::uint8_t> status) {
    disable_interrupts();
    if (status && has_exit_status()) {
        port_out8(debug_exit, *status);
        wait_milliseconds(500);
    }
    if (acpi_.soft_off) soft_off(*acpi_.soft_off);
}

void Power::soft_off(const SoftOff& how) {
    // Firmware owns the power registers until it has been told that somebody else takes over.
    if ((port_in16(how.control_a) & system_in_control) == 0 && acpi_.enable) {
        write(*acpi_.enable);
        for (int i = 0; i < 300 && (port_in16(how.control_a) & system_in_control) == 0; ++i) {
            wait_milliseconds(10);
        }
    }
    select_sleep(how.control_a, how.types.a);
    if (how.control_b != 0) select_sleep(how.control_b, how.types.b);
    wait_milliseconds(500);
}

/// In this order: ACPI's reset register, the chipset's, the keyboard controller's line, a triple
/// fault.
void Power::reboot() {
    disable_interrupts();
    if (acpi_.reset) {
        write(*acpi_.reset);
        wait_milliseconds(50);
    }
    port_out8(reset_control, 0x02);  // what follows shall reset everything, not the processor alone
    port_out8(reset_control, 0x06);
    wait_milliseconds(50);
    // Bit 1 says that the controller has not taken the last byte yet.
    for (int i = 0; i < 100 && (port_in8(keyboard_command) & 0x02) != 0; ++i) wait_milliseconds(1);
    port_out8(keyboard_command, 0xfe);  // pulses the reset line of the processor
    wait_milliseconds(50);
    reset_processor();
}

}  // namespace heap44::kernel
