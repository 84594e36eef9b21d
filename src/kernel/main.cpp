// SPDX-License-Identifier: MIT
// Brings the machine up, part by part, and hands it to the shell.
//
//     constructors, serial port, traps, clock    nothing needs memory yet
//     boot information, ACPI                     read through the first page tables
//     final page tables                          what was not read before is out of reach now
//     interrupts, options                        command line first, then fw_cfg
//     heap, journal, shell                       and then bytes, for ever
//
// The order is that of what needs what. Until the shell runs a failure is a panic without a guard:
// the report goes out polled, and the machine halts.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "kernel/address_space.hpp"
#include "kernel/boot/boot_info.hpp"
#include "kernel/boot/usable_memory.hpp"
#include "kernel/devices/clock.hpp"
#include "kernel/devices/fw_cfg.hpp"
#include "kernel/devices/power.hpp"
#include "kernel/devices/serial.hpp"
#include "kernel/devices/terminal.hpp"
#include "kernel/exceptions.hpp"
#include "kernel/guard.hpp"
#include "kernel/image.hpp"
#include "kernel/interrupts.hpp"
#include "kernel/log.hpp"
#include "kernel/machine.hpp"
#include "kernel/new.hpp"
#include "kernel/x86_64/cpu.hpp"
#include "kernel/x86_64/traps.hpp"
#include "lib/address_plan.hpp"
#include "lib/align.hpp"
#include "lib/panic.hpp"
#include "mm/heap/history/journal.hpp"
#include "shell/answer/notices.hpp"
#include "shell/answer/options.hpp"
#include "shell/render/report_text.hpp"
#include "shell/shell.hpp"

extern "C" {
using Constructor = void (*)();
extern const Constructor init_array_start[], init_array_end[];
/// Called by the boot part in long mode, on the main stack, with interrupts off. `magic` says which
/// loader it was, `information` is the physical address of what it left.
[[noreturn]] void kernel_main(std::uint32_t magic, std::uint32_t information);
}

namespace heap44::kernel {

namespace {

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

/// What the kernel cannot do without: where it cannot be mapped the start ends here.
void require(std::expected<void, mm::MapError> result, std::string_view what) {
    if (result) return;
    const bool lacks_memory = result.error() == mm::MapError::frame_allocation_failed;
    const auto message = format_fixed<160>(
        "cannot map the {}: {}", what,
        lacks_memory ? "this machine has too little memory" : mm::text(result.error()));
    panic(PanicKind::panic, message.view());
}

/// What people ask for when a machine does not do what they expect.
void log_boot() {
    log_line("Heap44 booted by {} {}", boot_info.protocol, boot_info.loader.view());
    log_line("command line: {}", boot_info.command_line.view());
    if (!boot_info.problem.empty()) log_line("boot information: {}", boot_info.problem);
    log_line("{} memory ranges, serial port {}, {} cycles a second", boot_info.memory_count,
             serial().present() ? "present" : "absent", clock().frequency());
}

/// Every loader's map has the memory to which it loaded the kernel. One that does not was
/// overwritten, unless there is no memory so far up: QEMU loads a kernel there all the same.
void require_memory_map() {
    const mm::PhysicalRange image{image_physical_start(),
                                  image_physical_end() - image_physical_start()};
    const mm::PhysicalRanges memory = usable_memory(boot_info.memory_map());
    if (holds(memory, image)) return;
    const bool ends_before = std::ranges::all_of(memory.ranges(), [&](const auto& range) {
        return range.start + range.size < image.start + image.size;
    });
    if (ends_before && !memory.ranges().empty()) {
        panic(PanicKind::panic, "this machine has too little memory for the kernel");
    }
    const auto message = format_fixed<160>(
        "the memory map from the boot loader is broken, the kernel is not in it{}{}",
        boot_info.problem.empty() ? "" : ": ", boot_info.problem);
    panic(PanicKind::panic, message.view());
}

// What the first page tables show has to be read before the final ones take it away.
void take_over_memory(std::uint32_t magic, PhysAddr information) {
    const FirstFourGigabytes memory;
    read_boot_information(boot_info, magic, information, memory);
    power().prepare(boot_info, memory);
    log_boot();
    require_memory_map();
    require(address_space().build(boot_info), "kernel");
    machine().set_boot_module(boot_info.module.start, boot_info.module.size);
    if (boot_info.module.size > 0) log_line("boot module of {} bytes", boot_info.module.size);
    const mm::FrameAllocator& frames = address_space().frames();
    log_line("{} frames of memory, {} in use", frames.total_count(), frames.used_count());
}

/// All of it or nothing.
void obey(std::string_view whose, const FixedText<shell::longest_command_line>& line) {
    if (!line.is_cut()) return shell::parse_options(line.view(), options);
    options.complain(
        format_fixed<120>("the command line from {} is ignored: it has more than {} bytes", whose,
                          shell::longest_command_line)
            .view());
}

// QEMU's own line comes last, because the later one of two options wins.
void read_options() {
    obey("the boot loader", boot_info.command_line);
    FixedText<shell::longest_command_line> line;
    if (!read_fw_cfg_file(fw_cfg_command_line, line)) return;
    log_line("options from fw_cfg: {}", line.view());
    obey("fw_cfg", line);
}

/// Maps a region and hands it over as bytes; panics where that fails.
std::span<std::byte> map(std::string_view kind, VirtAddr start, std::size_t size, Guards guards) {
    require(address_space().map_region(kind, start, size, guards), kind);
    return {reinterpret_cast<std::byte*>(start.value), size};
}

/// The ledger, the detector's copy and the designs' own memory, for a heap of this size.
std::size_t records_size(std::size_t heap_size) {
    return mm::Heap::memory_needed(heap_size, guard_window_size);
}

// Page tables for a heap of the largest size, and a little for the unforeseen.
bool fits_into_memory(std::size_t size) {
    constexpr std::uint64_t spare_frames = 256;
    const std::uint64_t bytes = size + records_size(size);
    return bytes / page_size + spare_frames < address_space().frames().free_count();
}

// A heap too large for this machine's memory is a bad option like any other: named, then ignored.
// One that is no larger than the default is tried in any case.
std::size_t heap_size() {
    const std::size_t size = options.heap_size;
    if (size <= default_heap_size || fits_into_memory(size)) return size;
    options.complain(
        format_fixed<120>("option 'heap44.size' is ignored: {} KiB and their records need more "
                          "memory than there is",
                          size / 1024)
            .view());
    return default_heap_size;
}

/// Maps all that the heap needs and makes it. A failure here is a panic: without a heap there is
/// nothing to show.
mm::Heap& start_heap(std::size_t size) {
    const std::span region = map("heap", heap_start, size, Guards::both);
    const std::size_t records = records_size(size);
    log_line("heap of {} bytes at {:#x}, {} bytes of records beside it", size, heap_start.value,
             records);
    constexpr std::string_view window = "heap window";
    require(address_space().reserve_window(window, guard_window_start, guard_window_size), window);
    mm::Heap& heap =
        initialize_heap(region, map("ledger", records_start, records, Guards::none),
                        {guard_window_start, guard_window_size, address_space().window_pages()});
    address_space().make_window_tables(guard_window_start, guard_window_size);
    heap.select(options.allocator.view());
    return heap;
}

/// Three fifths of what is left (a window's pages come from the rest), but no more than is
/// of use: a hundred bytes for most steps, a few hundred thousand for those that change every byte,
/// and snapshots. Less where memory is in pieces; none, and no undo, where it is short.
std::span<std::byte> journal_memory(std::size_t least) {
    constexpr std::size_t for_steps = std::size_t{96} << 20;
    const std::size_t available = address_space().frames().free_count() / 5 * 3 * page_size;
    std::size_t size = std::min(available, for_steps + 5 * least);
    // An eighth less at each try: physical memory may have no run that is long enough.
    for (; size >= least; size -= size / 8) {
        size = align_down(size, mm::large_page_size);
        if (address_space().map_large_region("undo journal", journal_start, size)) {
            return {reinterpret_cast<std::byte*>(journal_start.value), size};
        }
    }
    return {};
}

/// Null where there is too little memory: then `undo` says so, and all else works.
mm::Journal* start_journal(mm::Heap& heap) {
    static std::optional<mm::Journal> the_journal;
    const std::size_t least = mm::Journal::least_memory(heap);
    const std::span memory = journal_memory(align_up(least, mm::large_page_size));
    log_line("undo journal of {} bytes, {} are needed", memory.size(), least);
    if (memory.empty()) return nullptr;
    return &the_journal.emplace(heap, memory, machine());
}

SerialTerminal& terminal() {
    static SerialTerminal the_terminal(serial());
    return the_terminal;
}

/// All that follows the start. It ends only by a fault that the shell itself could not answer.
class ShellTask final : public shell::Task {
public:
    ShellTask(mm::Heap& heap, mm::Journal* journal) : heap_(heap), journal_(journal) {}
    void run() override {
        // Not on the stack, for its size; and made anew after a fault, for what the fault left.
        static std::optional<shell::Shell> the_shell;
        the_shell.emplace(heap_, terminal(), guard(), machine(), options, shell::Conversation::on,
                          journal_);
        the_shell->start();
        for (;;) the_shell->feed(serial().read());
    }

private:
    mm::Heap& heap_;
    mm::Journal* journal_;
};

/// The shell is started again after a fault that it could not answer itself. The heap stays as it
/// is.
[[noreturn]] void serve(mm::Heap& heap) {
    ShellTask task(heap, start_journal(heap));
    for (;;) {
        const shell::Report* report = guard().run_guarded(task);
        if (report == nullptr) continue;
        heap.recover();
        shell::write_report(serial(), *report, machine());
        // What the options run at boot is not to stop every further attempt.
        options.run.clear();
    }
}

}  // namespace

}  // namespace heap44::kernel

void kernel_main(std::uint32_t magic, std::uint32_t information) {
    using namespace heap44::kernel;
    // The kernel's global constructors: nobody else calls them.
    for (const Constructor* each = init_array_start; each != init_array_end; ++each) (*each)();
    (void)serial().start();
    initialize_traps(handle_exception);
    heap44::kernel::clock().start();
    take_over_memory(magic, {information});
    if (!start_interrupts(power().acpi().apic)) {
        options.complain("no interrupt comes from the serial port: it is polled");
    }
    read_options();
    serve(start_heap(heap_size()));
}
