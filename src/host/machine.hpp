// SPDX-License-Identifier: MIT
// What the shell's machine is in a Linux program.
//
// What a program under Linux cannot have is empty: page tables, frames, watchpoints, faults, a log.
// The shell then says "not supported", and tests of the kernel cover the rest.
#pragma once

#include <cstddef>

#include "host/written_pages.hpp"
#include "shell/platform/machine.hpp"

namespace heap44::host {

class HostMachine : public shell::Machine {
public:
    HostMachine();
    virtual ~HostMachine() = default;

    std::size_t read_memory(VirtAddr address, std::span<std::byte> into) const override;
    shell::Access access(VirtAddr address) const override;
    std::size_t write_memory(VirtAddr address, std::span<const std::byte> from) override;
    mm::PageWalk walk(VirtAddr) const override { return {}; }
    void for_each_changed_page(VirtAddr start, std::uint64_t size,
                               mm::PageVisitor& visitor) override {
        written_pages().visit(start, size, visitor);
    }
    std::optional<unsigned> page_table_level(VirtAddr) const override { return std::nullopt; }
    void for_each_region(shell::Visitor<shell::MemoryRegion>& visitor) const override;
    std::optional<shell::FrameCounts> frames() const override { return std::nullopt; }
    std::optional<std::string_view> boot_module() const override { return std::nullopt; }

    std::size_t watchpoint_limit() const override { return 0; }
    std::span<const shell::Watchpoint> watchpoints() const override { return {}; }
    void add_watchpoint(const shell::Watchpoint&) override {}
    void remove_watchpoints() override {}
    const shell::Report* take_watchpoint_report() override { return nullptr; }

    std::optional<shell::CodePlace> describe_code(std::uint64_t code) const override;
    std::uint64_t nanoseconds() const override;
    void for_each_log_line(shell::Visitor<std::string_view>&) const override {}
    bool can_reboot() const override { return false; }
    void reboot() override {}
    bool can_poweroff() const override { return true; }
    void poweroff(std::optional<std::uint8_t> status) override;
    bool has_exit_status() const override { return true; }

    std::span<const shell::Named> faults() const override { return {}; }
    void provoke(std::size_t) override {}
    bool run_in_interrupt(shell::Task& handler) override;
    std::size_t backtrace(std::span<std::uint64_t> into) const override;

    /// Says where the region is. Under a design that needs the window the heap is there, and the
    /// region beside it is still told of.
    void set_heap(VirtAddr start, VirtAddr end) { heap_ = {start, end, "heap"}; }

private:
    /// The bytes of the region or the window from an address in it on; else 0.
    [[nodiscard]] std::size_t heap_bytes_from(VirtAddr address) const;

    std::uint64_t start_;
    shell::MemoryRegion heap_{};
    // What describe_code found last.
    mutable FixedText<128> code_name_;
};

/// The one machine of the program.
HostMachine& machine();

}  // namespace heap44::host
