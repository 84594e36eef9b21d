// SPDX-License-Identifier: MIT
// Panics, as the kernel ends them: with a report, in the arms of the innermost guard.
#include "lib/panic.hpp"

#include "kernel/backtrace.hpp"
#include "kernel/guard.hpp"
#include "kernel/log.hpp"
#include "kernel/x86_64/cpu.hpp"
#include "lib/caller.hpp"

namespace heap44 {

/// The kernel's half of lib/panic.hpp. A panic is like an exception that the code raises itself,
/// and takes the same way: a report, the log, the guard. `caller` is the code to blame, if the one
/// who panics knows it better; `holder` and `address` are told where they are not 0.
void panic(PanicKind kind, std::string_view message, std::uint64_t caller, std::uint64_t holder,
           std::uint64_t address) {
    kernel::disable_interrupts();
    const std::uint64_t called_from = caller_address();
    shell::Report& report = kernel::start_report("panic", called_from);
    report.code = shell::error_code(kind);
    report.message.write(message);
    report.caller = caller != 0 ? caller : called_from;
    if (holder != 0) report.holder = holder;
    if (address != 0) report.address = address;
    kernel::add_backtrace(report, reinterpret_cast<std::uint64_t>(__builtin_frame_address(0)));
    kernel::log_line("{}: {}", shell::name(report.code), report.message.view());
    kernel::stop(report);
}

}  // namespace heap44
