// SPDX-License-Identifier: MIT
// The shell's window to the machine: memory, pages, code, clock, log, power. The kernel implements
// it, and so does the host program. Through a `const Machine&` one can only look.
//
// It is a window and not the hardware: no function here names a port or a register. What a platform
// does not have is empty or null (`frames`, `walk`), or a limit of 0 (`watchpoint_limit`), and the
// command that needs it answers `not-supported`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "lib/address.hpp"
#include "mm/heap/history/changed_pages.hpp"
#include "mm/page_walk.hpp"
#include "shell/platform/machine_facts.hpp"
#include "shell/platform/report.hpp"
#include "shell/platform/visitor.hpp"

namespace heap44::shell {

class Task;

class Machine : public mm::ChangedPages {
public:
    // --- memory ---

    /// Copies what is mapped at `address` into `into`, up to the first byte that is not mapped.
    /// Answers how many bytes were copied, so 0 means that the first byte is not there. Never
    /// faults.
    virtual std::size_t read_memory(VirtAddr address, std::span<std::byte> into) const = 0;
    /// What may be done with the byte at `address`, and with all others of its page.
    [[nodiscard]] virtual Access access(VirtAddr address) const = 0;
    /// Copies to `address`, up to the first byte that may not be written. Answers how many bytes
    /// were copied. Never faults, and never changes page rights to succeed.
    virtual std::size_t write_memory(VirtAddr address, std::span<const std::byte> from) = 0;
    /// The way through the page tables; no level where the address is not canonical, or where
    /// there are no page tables to see.
    [[nodiscard]] virtual mm::PageWalk walk(VirtAddr address) const = 0;
    /// The level (4 to 1) of the page table that this address lies in; nothing for anything else.
    [[nodiscard]] virtual std::optional<unsigned> page_table_level(VirtAddr address) const = 0;
    /// The regions in use, in address order.
    virtual void for_each_region(Visitor<MemoryRegion>& visitor) const = 0;
    /// Physical memory; nothing where the platform does not manage any.
    [[nodiscard]] virtual std::optional<FrameCounts> frames() const = 0;
    /// The file that the boot loader brought along, or nothing. The text lives as long as the
    /// machine.
    [[nodiscard]] virtual std::optional<std::string_view> boot_module() const = 0;

    // --- watching for writes: each watchpoint reports one, and is then gone ---

    /// How many watchpoints there can be, `most_watchpoints` at most; 0 where there are none.
    [[nodiscard]] virtual std::size_t watchpoint_limit() const = 0;
    /// Those that have not reported yet, in the order in which they were added.
    [[nodiscard]] virtual std::span<const Watchpoint> watchpoints() const = 0;
    /// The caller has checked that there are fewer than `watchpoint_limit()`.
    virtual void add_watchpoint(const Watchpoint& watch) = 0;
    virtual void remove_watchpoints() = 0;
    /// The next report on a write that has not been taken yet, or null; valid until the next call.
    virtual const Report* take_watchpoint_report() = 0;

    // --- code, clock, log, power ---

    /// The function that holds `code`, or nothing where no function is known. The views are valid
    /// until the next call: the host program keeps only one name.
    [[nodiscard]] virtual std::optional<CodePlace> describe_code(std::uint64_t code) const = 0;
    /// Nanoseconds since the start.
    [[nodiscard]] virtual std::uint64_t nanoseconds() const = 0;
    /// The kernel's messages since boot, a line each.
    virtual void for_each_log_line(Visitor<std::string_view>& visitor) const = 0;
    [[nodiscard]] virtual bool can_reboot() const = 0;
    /// Starts the machine anew; returns only where that failed. Call it only where `can_reboot()`.
    virtual void reboot() = 0;
    /// Whether `poweroff` can end the machine without a status.
    [[nodiscard]] virtual bool can_poweroff() const = 0;
    /// Ends the machine, with `status` for the one who started it where one is given and the
    /// machine can. Returns only where even that failed.
    virtual void poweroff(std::optional<std::uint8_t> status) = 0;
    /// Whether `poweroff` can hand a status on, and end the machine with it.
    [[nodiscard]] virtual bool has_exit_status() const = 0;

    // --- trouble on purpose ---

    /// The faults that this machine can provoke; empty where it cannot.
    [[nodiscard]] virtual std::span<const Named> faults() const = 0;
    /// Provokes one of them (an index into `faults()`); returns only after a fault that goes on.
    virtual void provoke(std::size_t fault) = 0;
    /// Lets the timer interrupt call `handler` once, with what it interrupted still unfinished, and
    /// waits until that has happened. False where there is no timer interrupt.
    virtual bool run_in_interrupt(Task& handler) = 0;
    /// The return addresses on the stack, the innermost first; how many there are. 0 where the
    /// platform cannot tell.
    virtual std::size_t backtrace(std::span<std::uint64_t> into) const = 0;

protected:
    ~Machine() = default;
};

}  // namespace heap44::shell
