// SPDX-License-Identifier: MIT
#include "kernel/x86_64/apic.hpp"

#include "kernel/x86_64/cpu.hpp"

namespace heap44::kernel {

namespace {

// Registers of the local APIC, by their distance from its start (Intel SDM volume 3, table 10-1).
constexpr std::uint64_t local_id = 0x20;
constexpr std::uint64_t task_priority = 0x80;
constexpr std::uint64_t end_of_interrupt = 0xb0;
constexpr std::uint64_t spurious_vector = 0xf0;
constexpr std::uint64_t in_service_bits = 0x100;  // eight words of 32 vectors, 16 bytes apart
constexpr std::uint64_t local_timer = 0x320;
constexpr std::uint64_t local_line_0 = 0x350;  // where the 8259 would be heard
constexpr std::uint32_t local_masked = 1U << 16;
constexpr std::uint32_t software_enabled = 1U << 8;

// Bits of the model-specific register 0x1b: on, and reached through registers instead of memory.
constexpr std::uint32_t apic_base = 0x1b;
constexpr std::uint64_t globally_enabled = 1U << 11;
constexpr std::uint64_t x2apic_mode = 1U << 10;

// The I/O APIC has two words of memory: which register, and its content.
constexpr std::uint64_t io_content = 0x10;
constexpr std::uint32_t io_version = 1;   // bits 16 to 23: the last input's number
constexpr std::uint32_t io_input = 0x10;  // two registers for each input
constexpr std::uint32_t input_active_low = 1U << 13;
constexpr std::uint32_t input_level = 1U << 15;
constexpr std::uint32_t input_masked = 1U << 16;

constinit Apic the_apic;

volatile std::uint32_t& word(VirtAddr start, std::uint64_t offset) {
    return *reinterpret_cast<volatile std::uint32_t*>((start + offset).value);
}

}  // namespace

Apic& apic() {
    return the_apic;
}

bool Apic::initialize(const ApicLayout& layout, VirtAddr local, VirtAddr io) {
    if (!has_local_apic()) return false;
    const std::uint64_t base = read_msr(apic_base);
    if ((base & x2apic_mode) != 0) return false;
    write_msr(apic_base, base | globally_enabled);
    lines_ = layout.inputs;
    local_ = local;
    io_ = io;
    input_count_ = (read_io(io_version) >> 16 & 0xff) + 1;
    for (std::uint32_t input = 0; input < input_count_; ++input) {
        write_io(io_input + 2 * input, input_masked);
    }
    word(local_, task_priority) = 0;
    word(local_, local_timer) = local_masked;
    word(local_, local_line_0) = local_masked;
    // As with the 8259, line 15 without one that is being served means nothing.
    word(local_, spurious_vector) = software_enabled | (first_irq_vector + irq_count - 1);
    return true;
}

void Apic::unmask(std::uint8_t line) {
    route(line, 0);
}

void Apic::mask(std::uint8_t line) {
    route(line, input_masked);
}

/// The upper word names the processor, by the number that its local APIC has.
void Apic::route(std::uint8_t line, std::uint32_t mask) {
    const ApicInput& input = lines_[line];
    if (input.number >= input_count_) return;
    const std::uint32_t polarity = input.active_low ? input_active_low : 0;
    const std::uint32_t trigger = input.level ? input_level : 0;
    const auto vector = std::uint32_t{first_irq_vector} + line;
    const std::uint32_t place = io_input + 2 * input.number;
    write_io(place, input_masked);
    write_io(place + 1, word(local_, local_id) & 0xff00'0000);
    write_io(place, vector | polarity | trigger | mask);
}

bool Apic::in_service(std::uint8_t line) const {
    const auto vector = std::uint32_t{first_irq_vector} + line;
    const std::uint32_t bits = word(local_, in_service_bits + std::uint64_t{vector / 32} * 16);
    return (bits >> (vector % 32) & 1) != 0;
}

/// Ends the interrupt of the highest priority that is in service.
void Apic::acknowledge(std::uint8_t) {
    word(local_, end_of_interrupt) = 0;
}

std::uint32_t Apic::read_io(std::uint32_t which) const {
    word(io_, 0) = which;
    return word(io_, io_content);
}

void Apic::write_io(std::uint32_t which, std::uint32_t value) const {
    word(io_, 0) = which;
    word(io_, io_content) = value;
}

}  // namespace heap44::kernel
