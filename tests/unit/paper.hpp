// SPDX-License-Identifier: MIT
// A terminal that keeps what it is sent, and a machine that can do nothing else.
#pragma once

#include <string>

#include "shell/platform/machine.hpp"
#include "shell/platform/terminal.hpp"

namespace heap44::test {

class Paper final : public shell::Terminal {
public:
    void write(std::string_view text) override { written += text; }
    [[nodiscard]] bool interrupt_requested() const override { return false; }
    void interrupt_served() override {}
    [[nodiscard]] bool last_interrupt_was_served() const override { return false; }

    std::string written;
};

class IdleMachine final : public shell::Machine {
public:
    std::size_t read_memory(VirtAddr, std::span<std::byte>) const override { return 0; }
    shell::Access access(VirtAddr) const override { return shell::Access::none; }
    std::size_t write_memory(VirtAddr, std::span<const std::byte>) override { return 0; }
    mm::PageWalk walk(VirtAddr) const override { return {}; }
    std::optional<unsigned> page_table_level(VirtAddr) const override { return std::nullopt; }
    void for_each_changed_page(VirtAddr, std::uint64_t, mm::PageVisitor&) override {}
    void for_each_region(shell::Visitor<shell::MemoryRegion>&) const override {}
    std::optional<shell::FrameCounts> frames() const override { return std::nullopt; }
    std::optional<std::string_view> boot_module() const override { return std::nullopt; }
    std::size_t watchpoint_limit() const override { return 0; }
    std::span<const shell::Watchpoint> watchpoints() const override { return {}; }
    void add_watchpoint(const shell::Watchpoint&) override {}
    void remove_watchpoints() override {}
    const shell::Report* take_watchpoint_report() override { return nullptr; }
    /// Functions of 256 bytes each.
    std::optional<shell::CodePlace> describe_code(std::uint64_t code) const override {
        return shell::CodePlace{.name = code < 0x1100 ? "first" : "second", .offset = code % 256};
    }
    std::uint64_t nanoseconds() const override { return 0; }
    void for_each_log_line(shell::Visitor<std::string_view>&) const override {}
    bool can_reboot() const override { return false; }
    void reboot() override {}
    bool can_poweroff() const override { return false; }
    void poweroff(std::optional<std::uint8_t>) override {}
    bool has_exit_status() const override { return false; }
    std::span<const shell::Named> faults() const override { return {}; }
    void provoke(std::size_t) override {}
    bool run_in_interrupt(shell::Task&) override { return false; }
    std::size_t backtrace(std::span<std::uint64_t>) const override { return 0; }
};

}  // namespace heap44::test
