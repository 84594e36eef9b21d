// SPDX-License-Identifier: MIT
// Guarded computations: a panic or a fault ends the innermost one, and the kernel lives on.
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

/// Starts a report on a panic or an exception, with interrupts off. Until `finish_report` or
/// `stop` a second one means that reporting itself failed: then the machine halts, saying so.
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
