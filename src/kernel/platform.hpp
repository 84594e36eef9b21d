// SPDX-License-Identifier: MIT
// The machine as the shell sees it.
#pragma once

#include "shell/platform.hpp"

namespace heap44::kernel {

class KernelPlatform final : public shell::Platform {
public:
    void write(std::string_view text) override;
    std::optional<shell::InputByte> read() override;
    bool interrupt_requested() override;
    void interrupt_served() override;
    bool last_interrupt_was_served() override;

    const shell::Report* run_guarded(shell::Task& task) override;
    [[noreturn]] void stop(const shell::Report& report) override;
    const shell::Report* last_report() override;
    void remember(const shell::Report& report) override;
    std::size_t backtrace(std::span<std::uint64_t> into) override;
    std::span<const shell::FaultKind> faults() override;
    void provoke(std::size_t fault) override;
    bool run_in_interrupt(shell::Task& handler) override;

    std::size_t read_memory(VirtAddr address, std::span<std::byte> into) override;
    shell::Access access(VirtAddr address) override;
    std::size_t write_memory(VirtAddr address, std::span<const std::byte> from) override;
    std::optional<shell::PageWalk> walk(VirtAddr address) override;
    void for_each_changed_page(VirtAddr start, std::uint64_t size,
                               mm::PageVisitor& visitor) override;
    std::optional<unsigned> page_table_level(VirtAddr address) override;
    void for_each_region(shell::Visitor<shell::MemoryRegion>& visitor) override;
    std::optional<shell::FrameCounts> frames() override;
    std::optional<std::string_view> boot_module() override;
    /// The module in physical memory; of size 0 for none.
    void set_boot_module(PhysAddr start, std::uint64_t size);

    std::size_t watch_limit() override;
    std::span<const shell::Watch> watches() override;
    void add_watch(const shell::Watch& watch) override;
    void remove_watches() override;
    const shell::Report* take_watch_report() override;

    std::optional<shell::CodePlace> describe_code(std::uint64_t code) override;
    std::uint64_t nanoseconds() override;
    void for_each_log_line(shell::Visitor<std::string_view>& visitor) override;
    bool can_reboot() override;
    void reboot() override;
    void poweroff(std::optional<std::uint8_t> status) override;
    bool has_exit_status() override;

private:
    std::string_view boot_module_;
};

[[nodiscard]] KernelPlatform& platform();

/// The timer's interrupt handler: counts the tick and runs what `run_in_interrupt` left for it.
void handle_timer_interrupt();

}  // namespace heap44::kernel
