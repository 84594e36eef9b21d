// SPDX-License-Identifier: MIT
#include "kernel/machine.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "kernel/address_space.hpp"
#include "kernel/backtrace.hpp"
#include "kernel/devices/clock.hpp"
#include "kernel/devices/power.hpp"
#include "kernel/devices/serial.hpp"
#include "kernel/image.hpp"
#include "kernel/log.hpp"
#include "kernel/new.hpp"
#include "kernel/symbols.hpp"
#include "kernel/watched_writes.hpp"
#include "kernel/x86_64/cpu.hpp"
#include "kernel/x86_64/provoke.hpp"
#include "kernel/x86_64/watchpoints.hpp"
#include "lib/align.hpp"
#include "shell/platform/guard.hpp"

namespace heap44::kernel {

namespace {

constinit KernelMachine the_machine;

// Volatile: the loop that waits for null has set it itself, and the compiler does not see the
// interrupt that clears it.
constinit shell::Task* volatile task_for_timer = nullptr;

/// Calls `copy(done, at, size)` for each part of the range that lies in one page, up to the first
/// page that `allows(at)` does not; the bytes done. Whether one allows it says nothing about the
/// next.
std::size_t for_each_page(VirtAddr address, std::size_t size, auto&& allows, auto&& copy) {
    std::size_t done = 0;
    while (done < size && allows(address + done)) {
        const VirtAddr at = address + done;
        const std::uint64_t left_in_page = page_size - at.value % page_size;
        const std::size_t part = std::min<std::size_t>(left_in_page, size - done);
        copy(done, at, part);
        done += part;
    }
    return done;
}

}  // namespace

KernelMachine& machine() {
    return the_machine;
}

void handle_timer_interrupt() {
    clock().handle_interrupt();
    shell::Task* const task = task_for_timer;
    if (task == nullptr) return;
    // Before it runs, because it may not come back.
    task_for_timer = nullptr;
    task->run();
}

/// The timer comes within a fiftieth of a second, where there is one.
bool KernelMachine::run_in_interrupt(shell::Task& handler) {
    if (!interrupts_enabled()) return false;
    constexpr std::uint64_t patience = 1'000'000'000;
    const std::uint64_t end = nanoseconds() + patience;
    task_for_timer = &handler;
    while (task_for_timer != nullptr && nanoseconds() < end) spin_pause();
    const InterruptsOff off;
    const bool came = task_for_timer == nullptr;
    task_for_timer = nullptr;
    return came;
}

std::size_t KernelMachine::backtrace(std::span<std::uint64_t> into) const {
    return walk_stack(reinterpret_cast<std::uint64_t>(__builtin_frame_address(0)), into);
}
std::span<const shell::Named> KernelMachine::faults() const {
    return provocable_faults();
}
void KernelMachine::provoke(std::size_t fault) {
    provoke_fault(fault, {.constants = address_of(rodata_start),
                          .guard_page = VirtAddr{align_up(heap().end().value, page_size)}});
}

/// Rights are those of the page tables, looked up before each page is touched: so nothing faults.
std::size_t KernelMachine::read_memory(VirtAddr address, std::span<std::byte> into) const {
    return for_each_page(
        address, into.size(), [&](VirtAddr at) { return access(at) != shell::Access::none; },
        [&](std::size_t done, VirtAddr at, std::size_t size) {
            std::memcpy(into.data() + done, reinterpret_cast<const void*>(at.value), size);
        });
}

std::size_t KernelMachine::write_memory(VirtAddr address, std::span<const std::byte> from) {
    return for_each_page(
        address, from.size(), [&](VirtAddr at) { return access(at) == shell::Access::write; },
        [&](std::size_t done, VirtAddr at, std::size_t size) {
            std::memcpy(reinterpret_cast<void*>(at.value), from.data() + done, size);
        });
}

/// Every level has to allow writing (Intel SDM volume 3, 4.6).
shell::Access KernelMachine::access(VirtAddr address) const {
    const mm::PageWalk walk = address_space().walk(address);
    if (!walk.physical) return shell::Access::none;
    const bool writable = std::ranges::all_of(
        std::span(walk.levels).first(walk.depth),
        [](const mm::WalkLevel& level) { return (level.entry & mm::entry_writable) != 0; });
    return writable ? shell::Access::write : shell::Access::read;
}

mm::PageWalk KernelMachine::walk(VirtAddr address) const {
    return address_space().walk(address);
}

/// The processor sets the dirty bit of a page that is written to; taking it clears it.
void KernelMachine::for_each_changed_page(VirtAddr start, std::uint64_t size,
                                          mm::PageVisitor& visitor) {
    address_space().take_dirty(start, size, [&](VirtAddr page) { visitor.visit(page); });
}

/// Only addresses within the mapping of physical memory lie in page tables.
std::optional<unsigned> KernelMachine::page_table_level(VirtAddr address) const {
    const auto physical = address_space().translate(address);
    if (!physical) return std::nullopt;
    return address_space().table_level({physical->value / page_size * page_size});
}

void KernelMachine::for_each_region(shell::Visitor<shell::MemoryRegion>& visitor) const {
    for (const shell::MemoryRegion& region : address_space().regions()) {
        if (!visitor.visit(region)) return;
    }
}

std::optional<shell::FrameCounts> KernelMachine::frames() const {
    const mm::FrameAllocator& frames = address_space().frames();
    return shell::FrameCounts{
        .total = frames.total_count(), .used = frames.used_count(), .free = frames.free_count()};
}

std::optional<std::string_view> KernelMachine::boot_module() const {
    if (boot_module_.empty()) return std::nullopt;
    return boot_module_;
}

void KernelMachine::set_boot_module(PhysAddr start, std::uint64_t size) {
    const VirtAddr first = physical_to_virtual(start);
    // The loader's word alone does not make it memory.
    for (std::uint64_t offset = 0; offset < size; offset += page_size) {
        if (!address_space().translate(first + offset)) return;
    }
    if (size == 0 || !address_space().translate(first + (size - 1))) return;
    boot_module_ = {reinterpret_cast<const char*>(first.value), size};
}

std::size_t KernelMachine::watchpoint_limit() const {
    return kernel::watchpoint_limit;
}
std::span<const shell::Watchpoint> KernelMachine::watchpoints() const {
    return kernel::watchpoints();
}
void KernelMachine::add_watchpoint(const shell::Watchpoint& watch) {
    kernel::add_watchpoint(watch, content_of(watch));
}
void KernelMachine::remove_watchpoints() {
    kernel::remove_watchpoints();
}
const shell::Report* KernelMachine::take_watchpoint_report() {
    return kernel::take_watchpoint_report();
}

std::optional<shell::CodePlace> KernelMachine::describe_code(std::uint64_t code) const {
    return kernel::describe_code(code);
}
std::uint64_t KernelMachine::nanoseconds() const {
    return clock().nanoseconds();
}
void KernelMachine::for_each_log_line(shell::Visitor<std::string_view>& visitor) const {
    kernel::for_each_log_line(visitor);
}

bool KernelMachine::can_reboot() const {
    return true;
}

void KernelMachine::reboot() {
    serial().flush();
    power().reboot();
}

bool KernelMachine::can_poweroff() const {
    return power().can_poweroff();
}

void KernelMachine::poweroff(std::optional<std::uint8_t> status) {
    // What was answered last must not be cut off by the end of the machine.
    serial().flush();
    power().poweroff(status);
}

bool KernelMachine::has_exit_status() const {
    return power().has_exit_status();
}

}  // namespace heap44::kernel
