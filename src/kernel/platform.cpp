// SPDX-License-Identifier: MIT
#include "kernel/platform.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "kernel/address_space.hpp"
#include "kernel/clock.hpp"
#include "kernel/guard.hpp"
#include "kernel/log.hpp"
#include "kernel/power.hpp"
#include "kernel/serial.hpp"
#include "kernel/symbols.hpp"
#include "kernel/x86_64/cpu.hpp"
#include "kernel/x86_64/provoke.hpp"

namespace heap44::kernel {

namespace {

constinit KernelPlatform the_platform;

// Volatile, because the one who waits for it to become null is the one who set it.
constinit shell::Task* volatile task_for_timer = nullptr;

}  // namespace

KernelPlatform& platform() {
    return the_platform;
}

void handle_timer_interrupt() {
    clock().handle_interrupt();
    shell::Task* const task = task_for_timer;
    if (task == nullptr) return;
    // Before it runs, because it may not come back.
    task_for_timer = nullptr;
    task->run();
}

bool KernelPlatform::run_in_interrupt(shell::Task& handler) {
    if (!interrupts_enabled()) return false;
    disable_interrupts();
    task_for_timer = &handler;
    while (task_for_timer != nullptr) {
        wait_for_interrupt();
        disable_interrupts();
    }
    enable_interrupts();
    return true;
}

void KernelPlatform::write(std::string_view text) {
    serial().write(text);
}
std::optional<shell::InputByte> KernelPlatform::read() {
    return serial().read();
}
bool KernelPlatform::interrupt_requested() {
    return serial().interrupt_requested();
}
void KernelPlatform::interrupt_served() {
    serial().interrupt_served();
}
bool KernelPlatform::last_interrupt_was_served() {
    return serial().last_interrupt_was_served();
}

const shell::Report* KernelPlatform::run_guarded(shell::Task& task) {
    return kernel::run_guarded(task);
}
void KernelPlatform::stop(const shell::Report& report) {
    kernel::stop(report);
}
const shell::Report* KernelPlatform::last_report() {
    return kernel::last_report();
}
std::span<const shell::FaultKind> KernelPlatform::faults() {
    return provocable_faults();
}
void KernelPlatform::provoke(std::size_t fault) {
    provoke_fault(fault);
}

std::size_t KernelPlatform::read_memory(VirtAddr address, std::span<std::byte> into) {
    std::size_t copied = 0;
    // Page by page: whether one may be read says nothing about the next.
    while (copied < into.size() && address_space().translate(address + copied)) {
        const std::uint64_t at = address.value + copied;
        const std::uint64_t left_in_page = page_size - at % page_size;
        const std::size_t size = std::min<std::size_t>(left_in_page, into.size() - copied);
        std::memcpy(into.data() + copied, reinterpret_cast<const void*>(at), size);
        copied += size;
    }
    return copied;
}

std::optional<shell::PageWalk> KernelPlatform::walk(VirtAddr address) {
    const mm::PageWalk walk = address_space().walk(address);
    if (walk.depth == 0) return std::nullopt;
    shell::PageWalk result{.levels = {}, .depth = walk.depth, .physical = walk.physical};
    std::ranges::transform(walk.steps, result.levels.begin(), [](const mm::WalkStep& step) {
        return shell::WalkLevel{step.level, step.index, step.entry};
    });
    return result;
}

void KernelPlatform::for_each_region(shell::Visitor<shell::MemoryRegion>& visitor) {
    for (const shell::MemoryRegion& region : address_space().regions()) {
        if (!visitor.visit(region)) return;
    }
}

std::optional<shell::FrameCounts> KernelPlatform::frames() {
    const mm::FrameAllocator& frames = address_space().frames();
    return shell::FrameCounts{
        .total = frames.total_count(), .used = frames.used_count(), .free = frames.free_count()};
}

std::optional<shell::CodePlace> KernelPlatform::describe_code(std::uint64_t code) {
    return kernel::describe_code(code);
}
std::uint64_t KernelPlatform::nanoseconds() {
    return clock().nanoseconds();
}
void KernelPlatform::for_each_log_line(shell::Visitor<std::string_view>& visitor) {
    kernel::for_each_log_line(visitor);
}

bool KernelPlatform::can_reboot() {
    return true;
}

void KernelPlatform::reboot() {
    serial().flush();
    power().reboot();
}

void KernelPlatform::poweroff(std::optional<std::uint8_t> status) {
    // What was answered last must not be cut off by the end of the machine.
    serial().flush();
    power().poweroff(status);
}

bool KernelPlatform::has_exit_status() {
    return power().has_exit_status();
}

}  // namespace heap44::kernel
