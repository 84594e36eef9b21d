// SPDX-License-Identifier: MIT
// Guarded computations: a panic or a fault ends the innermost one, and the kernel lives on.
//
//     run_guarded(task)   save the place; this guard is the innermost; run; the outer one is again
//     stop(report)        the outer one is the innermost; mend the processor; go to the saved place
//
// Guards form a chain through the stack, the innermost first; each lies in the frame of its
// `run_guarded`, which has not returned while the guard is in the chain. That is what makes going
// back safe.
//
// Reports are static: when one is needed there may be no stack to speak of, and never a heap. There
// are two, since Ctrl-C must not replace the last fault.
//
// Invariant: `stop` leaves the processor as `run_guarded` expects it, whatever the abandoned code
// did: interrupt tables, watchpoints, floating point, page rights, lines that wait for an
// acknowledgement.
//
// Cost: a guard saves eleven words. Nothing is paid where nothing is stopped.
#pragma once

#include <cstdint>
#include <string_view>

#include "shell/platform/guard.hpp"
#include "shell/platform/report.hpp"

namespace heap44::kernel {

/// Runs `task`. Null if it came to its end, else what stopped it; that stays until something else
/// is stopped.
const shell::Report* run_guarded(shell::Task& task);

/// Ends the innermost guarded task; from anywhere, interrupt handlers included. Without one the
/// report is printed and the machine halts.
[[noreturn]] void stop(const shell::Report& report);

/// The last report on a panic, a fault, or an exception that went on; null if there was none.
[[nodiscard]] const shell::Report* last_report();

/// Makes this the last report.
void remember(const shell::Report& report);

/// Starts a report on a panic or an exception; call it with interrupts off. Until `finish_report`
/// or `stop` a second one means that reporting itself failed: then the machine halts, saying so.
/// `what` and `code` name the cause for that case.
[[nodiscard]] shell::Report& start_report(std::string_view what, std::uint64_t code);
/// Ends a report after which the computation goes on.
void finish_report();

/// The same for the shell. What it stops is logged, with the way there, unless it is Ctrl-C.
class KernelGuard final : public shell::Guard {
public:
    const shell::Report* run_guarded(shell::Task& task) override;
    [[noreturn]] void stop(const shell::Report& report) override;
    const shell::Report* last_report() override;
    void remember(const shell::Report& report) override;
};

[[nodiscard]] KernelGuard& guard();

}  // namespace heap44::kernel
