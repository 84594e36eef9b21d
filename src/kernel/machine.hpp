// SPDX-License-Identifier: MIT
// The machine as the shell sees it.
//
// Nothing happens here: each function passes on to the part of the kernel whose business it is.
// What is checked here is whether memory may be touched, since the shell hands over any address.
#pragma once

#include "shell/platform/machine.hpp"

namespace heap44::kernel {

/// What each function promises is said in shell/platform/machine.hpp.
class KernelMachine final : public shell::Machine {
public:
    std::size_t read_memory(VirtAddr address, std::span<std::byte> into) const override;
    shell::Access access(VirtAddr address) const override;
    std::size_t write_memory(VirtAddr address, std::span<const std::byte> from) override;
    mm::PageWalk walk(VirtAddr address) const override;
    void for_each_changed_page(VirtAddr start, std::uint64_t size,
                               mm::PageVisitor& visitor) override;
    std::optional<unsigned> page_table_level(VirtAddr address) const override;
    void for_each_region(shell::Visitor<shell::MemoryRegion>& visitor) const override;
    std::optional<shell::FrameCounts> frames() const override;
    std::optional<std::string_view> boot_module() const override;
    /// The module in physical memory; of size 0 for none.
    void set_boot_module(PhysAddr start, std::uint64_t size);

    std::size_t watchpoint_limit() const override;
    std::span<const shell::Watchpoint> watchpoints() const override;
    void add_watchpoint(const shell::Watchpoint& watch) override;
    void remove_watchpoints() override;
    const shell::Report* take_watchpoint_report() override;

    std::optional<shell::CodePlace> describe_code(std::uint64_t code) const override;
    std::uint64_t nanoseconds() const override;
    void for_each_log_line(shell::Visitor<std::string_view>& visitor) const override;
    bool can_reboot() const override;
    void reboot() override;
    bool can_poweroff() const override;
    void poweroff(std::optional<std::uint8_t> status) override;
    bool has_exit_status() const override;

    std::span<const shell::Named> faults() const override;
    void provoke(std::size_t fault) override;
    bool run_in_interrupt(shell::Task& handler) override;
    std::size_t backtrace(std::span<std::uint64_t> into) const override;

private:
    std::string_view boot_module_;
};

[[nodiscard]] KernelMachine& machine();

/// The timer's interrupt handler: counts the tick and runs what `run_in_interrupt` left for it.
void handle_timer_interrupt();

}  // namespace heap44::kernel
