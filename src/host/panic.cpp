// SPDX-License-Identifier: MIT
// Panics, as the host program ends them: with a report, in the arms of the innermost guard.
#include "lib/panic.hpp"

#include "host/guard.hpp"

namespace heap44 {

/// The host's half of lib/panic.hpp: there is no log, and no backtrace to add.
void panic(PanicKind kind, std::string_view message, std::uint64_t caller, std::uint64_t holder,
           std::uint64_t address) {
    shell::Report report;
    report.code = shell::error_code(kind);
    report.message = FixedText<256>(message);
    if (caller != 0) report.caller = caller;
    if (holder != 0) report.holder = holder;
    if (address != 0) report.address = address;
    host::guard().stop(report);
}

}  // namespace heap44
