// SPDX-License-Identifier: MIT
// Brings the machine up, part by part, and hands it to the shell.
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "kernel/address_space.hpp"
#include "kernel/boot_info.hpp"
#include "kernel/clock.hpp"
#include "kernel/fw_cfg.hpp"
#include "kernel/image.hpp"
#include "kernel/log.hpp"
#include "kernel/new.hpp"
#include "kernel/platform.hpp"
#include "kernel/power.hpp"
#include "kernel/serial.hpp"
#include "kernel/x86_64/cpu.hpp"
#include "kernel/x86_64/traps.hpp"
#include "lib/panic.hpp"
#include "shell/options.hpp"
#include "shell/render/report_text.hpp"
#include "shell/shell.hpp"

extern "C" {
using Constructor = void (*)();
extern const Constructor init_array_start[], init_array_end[];
[[noreturn]] void kernel_main(std::uint32_t magic, std::uint32_t information);
}

namespace heap44::kernel {

namespace {

// Far enough behind the heap for the largest one, and easy to tell from it at a glance.
constexpr VirtAddr records_start{0x4450'0000'0000};

/// Memory as the first page tables show it.
class FirstFourGigabytes final : public PhysicalMemory {
public:
    [[nodiscard]] std::span<const std::byte> at(PhysAddr address, std::size_t size) const override {
        constexpr std::uint64_t end = std::uint64_t{4} << 30;
        if (address.value >= end || size > end - address.value) return {};
        return {reinterpret_cast<const std::byte*>(physical_to_virtual(address).value), size};
    }
};

constinit BootInfo boot_info;
shell::Options options;  // its constructor runs before kernel_main needs it

void require(std::expected<void, mm::MapError> result, std::string_view what) {
    if (result) return;
    const auto message = format_fixed<160>("cannot map the {}: {}", what, mm::text(result.error()));
    panic(PanicKind::panic, message.view());
}

void log_boot() {
    log_line("Heap44 booted by {} {}", boot_info.protocol, boot_info.loader.view());
    log_line("command line: {}", boot_info.command_line.view());
    if (!boot_info.problem.empty()) log_line("boot information: {}", boot_info.problem);
    log_line("{} memory ranges, serial port {}, {} cycles a second", boot_info.memory_count,
             serial().present() ? "present" : "absent", clock().frequency());
}

// What the first page tables show has to be read before the final ones take it away.
void take_over_memory(std::uint32_t magic, PhysAddr information) {
    const FirstFourGigabytes memory;
    read_boot_information(boot_info, magic, information, memory);
    power().prepare(boot_info, memory);
    log_boot();
    require(address_space().build(boot_info), "kernel");
    const mm::FrameAllocator& frames = address_space().frames();
    log_line("{} frames of memory, {} in use", frames.total_count(), frames.used_count());
}

// QEMU's own line comes last, because the later one of two options wins.
void read_options() {
    shell::parse_options(boot_info.command_line.view(), options);
    FixedText<4096> line;
    if (!read_fw_cfg_file(fw_cfg_command_line, line)) return;
    log_line("options from fw_cfg: {}", line.view());
    shell::parse_options(line.view(), options);
}

void start_interrupts() {
    set_irq_handler(timer_irq, handle_timer_interrupt);
    set_irq_handler(serial_irq, [] { serial().handle_interrupt(); });
    serial().start_interrupts();
    enable_interrupts();
}

std::span<std::byte> map(std::string_view kind, VirtAddr start, std::size_t size, Guards guards) {
    require(address_space().map_region(kind, start, size, guards), kind);
    return {reinterpret_cast<std::byte*>(start.value), size};
}

// Page tables for a heap of the largest size, and a little for the unforeseen.
bool fits_into_memory(std::size_t size) {
    constexpr std::uint64_t spare_frames = 256;
    const std::uint64_t bytes = size + mm::Heap::memory_needed(size);
    return bytes / page_size + spare_frames < address_space().frames().free_count();
}

// A heap too large for this machine's memory is a bad option like any other: named, then ignored.
std::size_t heap_size() {
    if (fits_into_memory(options.heap_size)) return options.heap_size;
    if (options.complaint_count < options.complaints.size()) {
        options.complaints[options.complaint_count++] = format_fixed<120>(
            "option 'heap44.size' is ignored: {} KiB and their records need more memory than there "
            "is",
            options.heap_size / 1024);
    }
    return default_heap_size;
}

mm::Heap& start_heap(std::size_t size) {
    const std::span region = map("heap", heap_start, size, Guards::both);
    const std::size_t records = mm::Heap::memory_needed(size);
    log_line("heap of {} bytes at {:#x}, {} bytes of records beside it", size, heap_start.value,
             records);
    mm::Heap& heap = initialize_heap(region, map("ledger", records_start, records, Guards::none));
    heap.select(options.allocator.view());
    return heap;
}

/// All that follows the start. It ends only if the shell does, by a fault outside of any command.
class ShellTask final : public shell::Task {
public:
    explicit ShellTask(mm::Heap& heap) : heap_(heap) {}
    void run() override {
        // Not on the stack, for its size; and made anew after a fault, for what the fault left.
        static std::optional<shell::Shell> the_shell;
        the_shell.emplace(heap_, platform(), options);
        the_shell->run();
    }

private:
    mm::Heap& heap_;
};

[[noreturn]] void serve(mm::Heap& heap) {
    ShellTask task(heap);
    for (;;) {
        const shell::Report* report = platform().run_guarded(task);
        if (report == nullptr) continue;
        heap.recover();
        shell::write_report(platform(), *report, platform());
        // What the options run at boot is not to stop every further attempt.
        options.run.clear();
    }
}

}  // namespace

}  // namespace heap44::kernel

void kernel_main(std::uint32_t magic, std::uint32_t information) {
    using namespace heap44::kernel;
    for (const Constructor* each = init_array_start; each != init_array_end; ++each) (*each)();
    (void)serial().start();
    initialize_traps();
    heap44::kernel::clock().start();
    take_over_memory(magic, {information});
    start_interrupts();
    read_options();
    serve(start_heap(heap_size()));
}
