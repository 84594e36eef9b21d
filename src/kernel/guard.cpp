// SPDX-License-Identifier: MIT
#include "kernel/guard.hpp"

#include <algorithm>
#include <span>

#include "kernel/backtrace.hpp"
#include "kernel/devices/serial.hpp"
#include "kernel/log.hpp"
#include "kernel/machine.hpp"
#include "kernel/x86_64/context.hpp"
#include "kernel/x86_64/cpu.hpp"
#include "kernel/x86_64/traps.hpp"
#include "shell/render/report_text.hpp"

namespace heap44::kernel {

namespace {

/// A link of the chain, in the frame of its `run_guarded`.
struct Guard {
    Context context;
    Guard* outer;
};

constinit Guard* innermost = nullptr;
// Two, because what the shell stops by itself (Ctrl-C) is no fault to be remembered as the last.
constinit shell::Report last_fault;
constinit shell::Report shell_report;
// Which of the two reports ended the last guarded task.
constinit const shell::Report* stopped_by = nullptr;
constinit bool any_fault = false;
// How many reports are under way: one is normal, two mean that reporting failed, three that even
// saying so did.
constinit int depth = 0;

constinit KernelGuard the_guard;

/// The way out when nothing else can be relied on: no interrupt, no queue.
class PolledOutput final : public Output {
public:
    void write(std::string_view text) override { serial().write_polled(text); }
};

[[noreturn]] void halt_after_failed_report(std::string_view what, std::uint64_t code) {
    PolledOutput output;
    // The second fault is told in full, the third with a fixed text; a fourth says nothing.
    if (depth == 2) {
        print(output, "\nheap44: {} at {:#x} while another fault was being reported; halted\n",
              what, code);
    } else if (depth == 3) {
        output.write("\nheap44: cannot report a fault; halted\n");
    }
    halt_forever();
}

/// The last words of a kernel that nothing guards: during the boot, or in its own loop.
[[noreturn]] void halt_with(const shell::Report& report) {
    PolledOutput output;
    output.write("\n");
    shell::write_report(output, report, machine());
    output.write("heap44: nothing is left to go on with; halted\n");
    halt_forever();
}

}  // namespace

const shell::Report* run_guarded(shell::Task& task) {
    Guard guard{.context = {}, .outer = innermost};
    // It returns twice. The second time `stop` has taken this guard out of the chain already.
    if (save_context(&guard.context) != 0) return stopped_by;
    innermost = &guard;
    task.run();
    innermost = guard.outer;
    return nullptr;
}

void stop(const shell::Report& report) {
    disable_interrupts();
    stopped_by = &last_fault;
    // The report may lie on the stack that is about to be given up.
    if (&report != &last_fault) {
        shell_report = report;
        stopped_by = &shell_report;
    }
    // Nobody is there to go back to.
    if (innermost == nullptr) halt_with(*stopped_by);
    const Guard* guard = innermost;
    innermost = guard->outer;
    // The report is complete, so the next fault is a new one.
    depth = 0;
    recover_processor();
    // An interrupt that could not be delivered is lost. The serial port's line then stays high, and
    // asks no more, since only a rising edge does: so the port is served once by hand.
    serial().handle_interrupt();
    restore_context(&guard->context);
}

const shell::Report* last_report() {
    return any_fault ? &last_fault : nullptr;
}

void remember(const shell::Report& report) {
    if (&report != &last_fault) last_fault = report;
    any_fault = true;
}

shell::Report& start_report(std::string_view what, std::uint64_t code) {
    if (++depth > 1) halt_after_failed_report(what, code);
    last_fault = {};
    any_fault = true;
    return last_fault;
}

void finish_report() {
    depth = 0;
}

KernelGuard& guard() {
    return the_guard;
}

const shell::Report* KernelGuard::run_guarded(shell::Task& task) {
    return kernel::run_guarded(task);
}

/// Called by the shell's own checks (Ctrl-C, the sanitizer). They have no trap frame, so the way
/// there is read from the stack of this call.
void KernelGuard::stop(const shell::Report& report) {
    // What a person stops is no fault to be remembered.
    if (report.code == shell::ErrorCode::interrupted) kernel::stop(report);
    disable_interrupts();
    shell::Report& fault = start_report(shell::name(report.code), report.caller.value_or(0));
    fault = report;
    add_backtrace(fault, reinterpret_cast<std::uint64_t>(__builtin_frame_address(0)));
    // The way from the code that failed to here tells nothing about it.
    const auto places = std::span(fault.backtrace).first(fault.backtrace_depth);
    const auto found = std::ranges::find(places, report.caller);
    // `found` is the code that failed; it is told as the caller, so the way begins behind it.
    if (found != places.end()) {
        const auto kept = std::shift_left(places.begin(), places.end(), found + 1 - places.begin());
        fault.backtrace_depth = static_cast<std::size_t>(kept - places.begin());
    }
    log_line("{}: {}", shell::name(fault.code), fault.message.view());
    kernel::stop(fault);
}

const shell::Report* KernelGuard::last_report() {
    return kernel::last_report();
}

void KernelGuard::remember(const shell::Report& report) {
    kernel::remember(report);
}

}  // namespace heap44::kernel
