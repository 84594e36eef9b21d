// SPDX-License-Identifier: MIT
// The shell's window to the machine. The kernel implements it, and so does the host program.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "lib/address.hpp"
#include "lib/text.hpp"
#include "mm/heap/changed_pages.hpp"
#include "shell/report.hpp"

namespace heap44::shell {

/// A byte from the terminal; `damaged` says that bytes before it, or this one, were lost or garbled
/// on the way.
struct InputByte {
    std::uint8_t value;
    bool damaged;
};

/// A function of the running program: `name` without its parameters, `offset` bytes into it; the
/// source file without its directory, and the line, empty and 0 where they are not known.
struct CodePlace {
    std::string_view name;
    std::uint64_t offset;
    std::string_view file;
    std::uint32_t line = 0;
};

/// One step of a page walk. `level` is 4 (PML4) to 1 (page table); `entry` is the raw entry.
struct WalkLevel {
    std::uint8_t level;
    std::uint16_t index;
    std::uint64_t entry;
};

struct PageWalk {
    std::array<WalkLevel, 4> levels;
    std::size_t depth;
    std::optional<PhysAddr> physical;
};

/// What the memory at an address allows.
enum class Access : std::uint8_t { none, read, write };

/// Memory whose next write is to be reported: 1, 2, 4 or 8 bytes at a multiple of that.
struct Watch {
    VirtAddr address;
    std::size_t size;
};

/// A stretch of virtual memory, `start` to `end` (not included), and what it is for.
struct MemoryRegion {
    VirtAddr start;
    VirtAddr end;
    std::string_view kind;
};

/// Counts of 4 KiB frames.
struct FrameCounts {
    std::uint64_t total;
    std::uint64_t used;
    std::uint64_t free;
};

/// The CPU faults that `fault NAME` provokes.
struct FaultKind {
    std::string_view name;
    std::string_view summary;
};

/// Receives the items of a walk through something; answers whether to go on.
template <class Item>
class Visitor {
public:
    virtual bool visit(const Item& item) = 0;

protected:
    ~Visitor() = default;
};

/// A computation to be run under guard.
class Task {
public:
    virtual void run() = 0;

protected:
    ~Task() = default;
};

class Platform : public Output, public mm::ChangedPages {
public:
    // --- the terminal: `write` (from Output) sends text, '\n' ends a line ---

    /// Waits for the next byte; nothing when the input has ended, which a serial port's never does.
    virtual std::optional<InputByte> read() = 0;
    /// Whether a Ctrl-C has been received that has not stopped a command yet.
    virtual bool interrupt_requested() = 0;
    /// Says that the Ctrl-C received so far has stopped a command.
    virtual void interrupt_served() = 0;
    /// Whether the Ctrl-C that `read` just handed out had already stopped a command.
    virtual bool last_interrupt_was_served() = 0;

    // --- running ---

    /// Runs `task`; a panic or a fault in it ends it. Null if it came to its end, else what stopped
    /// it (valid until the next call). Calls may be nested.
    virtual const Report* run_guarded(Task& task) = 0;
    /// Ends the innermost guarded task with this report.
    [[noreturn]] virtual void stop(const Report& report) = 0;
    /// The faults that this machine can provoke; empty where it cannot.
    virtual std::span<const FaultKind> faults() = 0;
    /// Provokes one of them (an index into `faults()`); returns only after a fault that goes on.
    virtual void provoke(std::size_t fault) = 0;
    /// What the last fault was, also one that went on; null if there was none.
    virtual const Report* last_report() = 0;
    /// Makes this the last report.
    virtual void remember(const Report& report) = 0;
    /// The return addresses on the stack, the innermost first; how many there are.
    virtual std::size_t backtrace(std::span<std::uint64_t> into) = 0;
    /// Lets the timer interrupt call `handler` once, with what it interrupted still unfinished, and
    /// waits until that has happened. False where there is no timer interrupt.
    virtual bool run_in_interrupt(Task& handler) = 0;

    // --- memory ---

    /// Copies what is mapped at `address`, up to the first byte that is not; the bytes copied.
    virtual std::size_t read_memory(VirtAddr address, std::span<std::byte> into) = 0;
    /// What may be done with the byte at `address`, and with all others of its page.
    virtual Access access(VirtAddr address) = 0;
    /// Copies to `address`, up to the first byte that may not be written; the bytes copied.
    virtual std::size_t write_memory(VirtAddr address, std::span<const std::byte> from) = 0;
    /// The steps of the page walk for a canonical address; nothing where there are no page tables
    /// to see.
    virtual std::optional<PageWalk> walk(VirtAddr address) = 0;
    /// The level (4 to 1) of the page table that this address lies in; nothing for anything else.
    virtual std::optional<unsigned> page_table_level(VirtAddr address) = 0;
    /// The regions in use, in address order.
    virtual void for_each_region(Visitor<MemoryRegion>& visitor) = 0;
    virtual std::optional<FrameCounts> frames() = 0;
    /// The file that the boot loader brought along, or nothing.
    virtual std::optional<std::string_view> boot_module() = 0;

    // --- watching for writes: each watch reports one, and is then gone ---

    /// How many watches there can be; 0 where there are none.
    virtual std::size_t watch_limit() = 0;
    virtual std::span<const Watch> watches() = 0;
    /// There are less than `watch_limit()`, and the memory is mapped.
    virtual void add_watch(const Watch& watch) = 0;
    virtual void remove_watches() = 0;
    /// The next report on a write that has not been taken yet, or null; valid until the next call.
    virtual const Report* take_watch_report() = 0;

    // --- code, clock, log, power ---

    /// The function that holds `code`, or nothing.
    virtual std::optional<CodePlace> describe_code(std::uint64_t code) = 0;
    /// Nanoseconds since the start.
    virtual std::uint64_t nanoseconds() = 0;
    /// The kernel's messages since boot, a line each.
    virtual void for_each_log_line(Visitor<std::string_view>& visitor) = 0;
    virtual bool can_reboot() = 0;
    /// Starts the machine anew; returns only where that failed.
    virtual void reboot() = 0;
    /// Ends the machine, with `status` for the one who started it where one is given and the
    /// machine can. Returns only where even that failed.
    virtual void poweroff(std::optional<std::uint8_t> status) = 0;
    /// Whether `poweroff` can hand a status on.
    virtual bool has_exit_status() = 0;

protected:
    ~Platform() = default;
};

}  // namespace heap44::shell
