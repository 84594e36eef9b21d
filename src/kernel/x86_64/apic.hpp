// SPDX-License-Identifier: MIT
// The newer interrupt controllers: an I/O APIC, which takes the lines of devices, and the local
// APIC of the processor, which hands them over.
//
//     line 0..15 --> input of the I/O APIC --> message: vector 0x20 + line --> local APIC
//
// Both are reached through memory. Which input a line arrives at, and how it rises, ACPI tells:
// most lines have an input of their own number, the timer's (0) usually has input 2 (Intel 82093AA
// data sheet; Intel SDM volume 3, chapter 10).
#pragma once

#include <array>
#include <cstdint>

#include "kernel/x86_64/interrupt_controller.hpp"
#include "lib/address.hpp"

namespace heap44::kernel {

/// Where a line arrives. Lines of old devices rise at an edge, and are active when high.
struct ApicInput {
    std::uint32_t number;
    bool active_low = false;
    bool level = false;
};

/// What ACPI says of the two (boot/madt.hpp).
struct ApicLayout {
    PhysAddr local;
    PhysAddr io;
    std::array<ApicInput, irq_count> inputs;  // by line
};

class Apic final : public InterruptController {
public:
    /// Switches both on, all lines masked. The registers of each, a page, are mapped at these
    /// addresses, uncached. False where the processor has no local APIC that is reached so.
    bool initialize(const ApicLayout& layout, VirtAddr local, VirtAddr io);

    [[nodiscard]] std::string_view name() const override { return "I/O APIC"; }
    void unmask(std::uint8_t line) override;
    void mask(std::uint8_t line) override;
    [[nodiscard]] bool in_service(std::uint8_t line) const override;
    void acknowledge(std::uint8_t line) override;
    void dismiss(std::uint8_t) override {}

private:
    [[nodiscard]] std::uint32_t read_io(std::uint32_t which) const;
    void write_io(std::uint32_t which, std::uint32_t value) const;
    /// Nothing where the I/O APIC has no such input.
    void route(std::uint8_t line, std::uint32_t mask);

    std::array<ApicInput, irq_count> lines_{};
    VirtAddr local_;
    VirtAddr io_;
    std::uint32_t input_count_ = 0;
};

[[nodiscard]] Apic& apic();

}  // namespace heap44::kernel
