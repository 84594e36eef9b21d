// SPDX-License-Identifier: MIT
#include "kernel/x86_64/pic.hpp"

#include "kernel/x86_64/port.hpp"

namespace heap44::kernel {

namespace {

constexpr std::uint16_t first_command = 0x20;
constexpr std::uint16_t first_data = 0x21;
constexpr std::uint16_t second_command = 0xa0;
constexpr std::uint16_t second_data = 0xa1;
/// ICW1: edge-triggered, two controllers, and ICW4 will follow (8259A data sheet).
constexpr std::uint8_t start_initialization = 0x11;
/// ICW4.
constexpr std::uint8_t mode_8086 = 0x01;
constexpr std::uint8_t cascade_line = 2;
constexpr std::uint8_t lines_per_chip = 8;
/// OCW2, not specific: it ends the interrupt of the highest priority that is in service.
constexpr std::uint8_t end_of_interrupt = 0x20;
/// OCW3: the next read of the command port gives the in-service register.
constexpr std::uint8_t read_in_service = 0x0b;

constinit Pic the_pic;

constexpr std::uint8_t bit(std::uint8_t line) {
    return static_cast<std::uint8_t>(1U << (line % lines_per_chip));
}

}  // namespace

Pic& pic() {
    return the_pic;
}

/// Each controller takes four words in a row: start, first vector, how the two are wired, mode. The
/// first is told the wire as a bit, the second as a number.
bool Pic::initialize() {
    // All lines masked but the wire to the second controller. Nothing answers at a port without a
    // device, and the bus then reads as all ones.
    constexpr auto all_but_cascade = static_cast<std::uint8_t>(~bit(cascade_line));
    port_out8(first_data, all_but_cascade);
    present_ = port_in8(first_data) == all_but_cascade;
    if (!present_) return false;
    port_out8(first_command, start_initialization);
    port_out8(second_command, start_initialization);
    port_out8(first_data, first_irq_vector);
    port_out8(second_data, first_irq_vector + lines_per_chip);
    port_out8(first_data, bit(cascade_line));
    port_out8(second_data, cascade_line);
    port_out8(first_data, mode_8086);
    port_out8(second_data, mode_8086);
    port_out8(first_data, all_but_cascade);
    port_out8(second_data, 0xff);
    return true;
}

void Pic::unmask(std::uint8_t line) {
    const std::uint16_t port = line < lines_per_chip ? first_data : second_data;
    port_out8(port, static_cast<std::uint8_t>(port_in8(port) & ~bit(line)));
}

void Pic::mask(std::uint8_t line) {
    const std::uint16_t port = line < lines_per_chip ? first_data : second_data;
    port_out8(port, port_in8(port) | bit(line));
}

bool Pic::in_service(std::uint8_t line) const {
    const std::uint16_t port = line < lines_per_chip ? first_command : second_command;
    port_out8(port, read_in_service);
    return (port_in8(port) & bit(line)) != 0;
}

void Pic::acknowledge(std::uint8_t line) {
    if (line >= lines_per_chip) port_out8(second_command, end_of_interrupt);
    port_out8(first_command, end_of_interrupt);
}

/// The first controller does not know that the second one's answer meant nothing.
void Pic::dismiss(std::uint8_t line) {
    if (line >= lines_per_chip) port_out8(first_command, end_of_interrupt);
}

}  // namespace heap44::kernel
