// SPDX-License-Identifier: MIT
// How the shell survives what it runs: a panic or a fault ends a task, not the machine.
#pragma once

#include "shell/platform/report.hpp"

namespace heap44::shell {

/// A computation to be run under guard.
class Task {
public:
    virtual void run() = 0;

protected:
    ~Task() = default;
};

class Guard {
public:
    /// Runs `task`; a panic or a fault in it ends it. Null if it came to its end, else what stopped
    /// it (valid until the next call). Calls may be nested.
    virtual const Report* run_guarded(Task& task) = 0;
    /// Ends the innermost guarded task with this report.
    [[noreturn]] virtual void stop(const Report& report) = 0;
    /// What the last fault was, also one that went on; null if there was none.
    virtual const Report* last_report() = 0;
    /// Makes this the last report.
    virtual void remember(const Report& report) = 0;

protected:
    ~Guard() = default;
};

/// Does `work` and then `restore`, whatever has become of the work: what stops it goes on
/// afterwards.
void run_and_restore(Guard& guard, auto&& work, auto&& restore) {
    class Work final : public Task {
    public:
        explicit Work(decltype(work)& function) : function_(function) {}
        void run() override { function_(); }

    private:
        decltype(work)& function_;
    };
    Work task(work);
    const Report* stopped = guard.run_guarded(task);
    if (stopped == nullptr) return restore();
    const Report report = *stopped;
    restore();
    guard.stop(report);
}

}  // namespace heap44::shell
