// SPDX-License-Identifier: MIT
#include "kernel/interrupts.hpp"

#include <bit>
#include <cstdint>

#include "kernel/address_space.hpp"
#include "kernel/devices/clock.hpp"
#include "kernel/devices/serial.hpp"
#include "kernel/log.hpp"
#include "kernel/machine.hpp"
#include "kernel/x86_64/cpu.hpp"
#include "kernel/x86_64/pic.hpp"
#include "kernel/x86_64/traps.hpp"

namespace heap44::kernel {

namespace {

/// A bit for each line.
using Lines = std::uint16_t;

constexpr Lines bit(std::uint8_t line) {
    return static_cast<Lines>(1U << line);
}

// It is no device's: there one 8259 is wired to the other.
constexpr std::uint8_t cascade_irq = 2;
constexpr Lines all_lines = 0xffff & ~(bit(timer_irq) | bit(cascade_irq));

constexpr std::uint64_t microsecond = 1000;

/// Calls `work(line)` for each.
void for_each_line(Lines lines, auto&& work) {
    for (std::uint8_t line = 0; line < irq_count; ++line) {
        if ((lines & bit(line)) != 0) work(line);
    }
}

/// The lines that interrupt within this time; it ends with the first where only one is waited for.
/// However little time a busy host leaves, what is due comes.
Lines listen(std::uint64_t nanoseconds, bool until_first) {
    const std::uint64_t end = clock().nanoseconds() + nanoseconds;
    Lines heard = 0;
    enable_interrupts();
    do {
        spin_pause();
        heard |= take_unanswered_irqs();
    } while (clock().nanoseconds() < end && (!until_first || heard == 0));
    disable_interrupts();
    return heard;
}

/// Which of these lines rises when the port asks for an interrupt. They have no handlers, so each
/// interrupts once, and is masked by that. What waits already comes in the first pause, and never
/// again; a line that interrupts in the second as well does so by itself, and stays masked.
std::optional<std::uint8_t> find_serial_line(Lines lines) {
    for (int pause = 0; pause < 2; ++pause) {
        for_each_line(lines, unmask_irq);
        (void)listen(100 * microsecond, false);
    }
    serial().ask_for_interrupt(true);
    const Lines heard = listen(10'000 * microsecond, true);
    serial().ask_for_interrupt(false);
    for_each_line(lines, mask_irq);
    if (heard == 0) return std::nullopt;
    return static_cast<std::uint8_t>(std::countr_zero(heard));
}

/// Whether the serial port's interrupts come through this controller; if so, they do from now on.
bool connect(InterruptController& controller) {
    use_controller(controller);
    set_irq_handler(timer_irq, handle_timer_interrupt);
    if (!serial().present()) return true;
    auto line = find_serial_line(bit(serial().usual_irq()));
    if (!line) line = find_serial_line(all_lines);
    if (!line) return false;
    set_irq_handler(*line, [] { serial().handle_interrupt(); });
    serial().start_interrupts();
    log_line("serial port on interrupt line {}, {}", *line, controller.name());
    return true;
}

bool start_apic(const ApicLayout& layout) {
    const auto local = address_space().map_device("local APIC", layout.local);
    const auto io = address_space().map_device("I/O APIC", layout.io);
    return local && io && apic().initialize(layout, *local, *io);
}

bool connect_any(const std::optional<ApicLayout>& layout) {
    if (pic().present() && connect(pic())) return true;
    if (!layout || !start_apic(*layout)) return false;
    mask_irq(timer_irq);
    if (connect(apic())) {
        // Where the timer's line arrives at input 2, not every firmware says so (QEMU's microvm).
        set_irq_handler(cascade_irq, handle_timer_interrupt);
        return true;
    }
    return false;
}

}  // namespace

bool start_interrupts(const std::optional<ApicLayout>& layout) {
    const bool connected = connect_any(layout);
    if (!connected) log_line("no interrupt comes from the serial port");
    enable_interrupts();
    return connected;
}

}  // namespace heap44::kernel
