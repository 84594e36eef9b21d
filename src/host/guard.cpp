// SPDX-License-Identifier: MIT
#include "host/guard.hpp"

#include <cstdio>
#include <cstdlib>

namespace heap44::host {

// What the task's frames own is left as it is, as in the kernel: the shell says what stays behind.
const shell::Report* HostGuard::run_guarded(shell::Task& task) {
    std::jmp_buf here;
    std::jmp_buf* const outer = innermost_;
    innermost_ = &here;
    // What is read after the jump (`outer`, `this`) has not changed since, so it needs no
    // `volatile`.
    const bool stopped = setjmp(here) != 0;
    if (!stopped) task.run();
    innermost_ = outer;
    return stopped ? &report_ : nullptr;
}

/// Called from anywhere below `run_guarded`, the signal handler included.
void HostGuard::stop(const shell::Report& report) {
    report_ = report;
    // A mistake outside of all guards is one of this program.
    if (innermost_ == nullptr) {
        std::fprintf(stderr, "heap44-host: %.*s\n", static_cast<int>(report.message.view().size()),
                     report.message.view().data());
        std::abort();
    }
    std::longjmp(*innermost_, 1);
}

HostGuard& guard() {
    static HostGuard the_guard;
    return the_guard;
}

}  // namespace heap44::host
