// SPDX-License-Identifier: MIT
// The shell's window to Linux: standard input and output instead of a serial port.
#pragma once

#include <array>
#include <csetjmp>
#include <cstddef>

#include "shell/platform.hpp"

namespace heap44::host {

class HostPlatform : public shell::Platform {
public:
    HostPlatform();
    virtual ~HostPlatform() = default;

    void write(std::string_view text) override;
    std::optional<shell::InputByte> read() override;
    bool interrupt_requested() override;
    void interrupt_served() override;
    bool last_interrupt_was_served() override { return false; }

    const shell::Report* run_guarded(shell::Task& task) override;
    [[noreturn]] void stop(const shell::Report& report) override;
    std::span<const shell::FaultKind> faults() override { return {}; }
    void provoke(std::size_t) override {}
    const shell::Report* last_report() override { return last_report_ ? &*last_report_ : nullptr; }
    void remember(const shell::Report& report) override { last_report_ = report; }
    std::size_t backtrace(std::span<std::uint64_t> into) override;
    bool run_in_interrupt(shell::Task& handler) override;

    std::size_t read_memory(VirtAddr address, std::span<std::byte> into) override;
    shell::Access access(VirtAddr address) override;
    std::size_t write_memory(VirtAddr address, std::span<const std::byte> from) override;
    std::optional<shell::PageWalk> walk(VirtAddr) override { return std::nullopt; }
    // What was written to, Linux does not tell cheaply: the journal compares all.
    void for_each_changed_page(VirtAddr start, std::uint64_t size,
                               mm::PageVisitor& visitor) override {
        mm::visit_every_page(start, size, visitor);
    }
    std::optional<unsigned> page_table_level(VirtAddr) override { return std::nullopt; }
    void for_each_region(shell::Visitor<shell::MemoryRegion>& visitor) override;
    std::optional<shell::FrameCounts> frames() override { return std::nullopt; }
    std::optional<std::string_view> boot_module() override { return std::nullopt; }

    std::size_t watch_limit() override { return 0; }
    std::span<const shell::Watch> watches() override { return {}; }
    void add_watch(const shell::Watch&) override {}
    void remove_watches() override {}
    const shell::Report* take_watch_report() override { return nullptr; }

    std::optional<shell::CodePlace> describe_code(std::uint64_t code) override;
    std::uint64_t nanoseconds() override;
    void for_each_log_line(shell::Visitor<std::string_view>&) override {}
    bool can_reboot() override { return false; }
    void reboot() override {}
    void poweroff(std::optional<std::uint8_t> status) override;
    bool has_exit_status() override { return true; }

    /// The region that the heap is in, or beside while it is the window.
    void set_heap(VirtAddr start, VirtAddr end) { heap_ = {start, end, "heap"}; }

private:
    /// The bytes of the region or the window from an address in it on; else 0.
    [[nodiscard]] std::size_t heap_bytes_from(VirtAddr address) const;

    std::jmp_buf* guard_ = nullptr;
    shell::Report report_;
    std::optional<shell::Report> last_report_;
    std::uint64_t start_;
    shell::MemoryRegion heap_{};
    FixedText<128> code_name_;
};

/// The one platform of the program, for what has no other way to it: panics.
HostPlatform& platform();

}  // namespace heap44::host
