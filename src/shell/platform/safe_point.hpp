// SPDX-License-Identifier: MIT
// Where Ctrl-C may end a long loop.
#pragma once

#include <cstdint>

#include "shell/platform/guard.hpp"
#include "shell/platform/terminal.hpp"

namespace heap44::shell {

/// It looks only once in 256 passes, so that a loop over blocks pays almost nothing for it. A long
/// loop of a command calls `pass` once a round. Nothing else ends such a loop: the kernel has one
/// thread, and the interrupt handler only notes that Ctrl-C has come.
class SafePoint {
public:
    SafePoint(const Terminal& terminal, Guard& guard) : terminal_(terminal), guard_(guard) {}
    /// Ends the command where Ctrl-C asks for it.
    void pass() {
        if (++passed_ % 256 == 0) stop_if_asked();
    }
    /// The same, now: for what takes long between two passes.
    void stop_if_asked() {
        if (!terminal_.interrupt_requested()) return;
        Report report;
        report.code = ErrorCode::interrupted;
        report.message = FixedText<256>("stopped by Ctrl-C");
        guard_.stop(report);
    }

private:
    const Terminal& terminal_;
    Guard& guard_;
    std::uint32_t passed_ = 0;
};

}  // namespace heap44::shell
