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
    std::span<const shell::FaultKind> faults() override;
    void provoke(std::size_t fault) override;
    bool run_in_interrupt(shell::Task& handler) override;

    std::size_t read_memory(VirtAddr address, std::span<std::byte> into) override;
    std::optional<shell::PageWalk> walk(VirtAddr address) override;
    void for_each_region(shell::Visitor<shell::MemoryRegion>& visitor) override;
    std::optional<shell::FrameCounts> frames() override;

    std::optional<shell::CodePlace> describe_code(std::uint64_t code) override;
    std::uint64_t nanoseconds() override;
    void for_each_log_line(shell::Visitor<std::string_view>& visitor) override;
    bool can_reboot() override;
    void reboot() override;
    void poweroff(std::optional<std::uint8_t> status) override;
    bool has_exit_status() override;
};

[[nodiscard]] KernelPlatform& platform();

/// The timer's interrupt handler: counts the tick and runs what `run_in_interrupt` left for it.
void handle_timer_interrupt();

}  // namespace heap44::kernel
