// SPDX-License-Identifier: MIT
// Guarded computations in the host program: a panic or a page fault jumps out of the innermost one.
//
// setjmp and longjmp do here what save_context does in the kernel. Destructors of what is abandoned
// do not run, on purpose: so the same things stay behind as in the kernel.
#pragma once

#include <csetjmp>
#include <optional>

#include "shell/platform/guard.hpp"

namespace heap44::host {

class HostGuard final : public shell::Guard {
public:
    const shell::Report* run_guarded(shell::Task& task) override;
    [[noreturn]] void stop(const shell::Report& report) override;
    const shell::Report* last_report() override { return last_report_ ? &*last_report_ : nullptr; }
    void remember(const shell::Report& report) override { last_report_ = report; }
    /// Begins anew: nothing has gone wrong yet.
    void forget() { last_report_.reset(); }

private:
    std::jmp_buf* innermost_ = nullptr;
    shell::Report report_;
    std::optional<shell::Report> last_report_;
};

/// The one guard of the program, for what has no other way to it: panics.
HostGuard& guard();

}  // namespace heap44::host
