// SPDX-License-Identifier: MIT
// How the shell survives what it runs: a panic or a fault ends a task, not the machine.
//
//     run_guarded(task) ---> task.run() ---> ... ---> a panic, a fault, Ctrl-C
//            ^                                                |
//            +-------------- stop(report) --------------------+
//
// What lies between the two is abandoned where it stands: no destructor of it runs. So a task must
// not own anything that has to be given back, or somebody behind the guard gives it back
// (`Heap::recover` frees the heap's lock, `CppHeapScope::close_all` ends the scopes). Guards are
// nested like calls: a fault ends the innermost task only, and whoever runs it decides what then
// becomes of the rest.
#pragma once

#include "shell/platform/report.hpp"

namespace heap44::shell {

/// A computation to be run under guard. It is an object and no template argument, because the call
/// goes through a virtual function. It lives on the stack of whoever runs it.
class Task {
public:
    virtual void run() = 0;

protected:
    ~Task() = default;
};

/// Implemented by the kernel (src/kernel/guard.cpp) and by the host program (src/host/guard.cpp).
class Guard {
public:
    /// Runs `task`; a panic or a fault in it ends it. Null if it came to its end, else what stopped
    /// it (valid until the next call). Calls may be nested.
    virtual const Report* run_guarded(Task& task) = 0;
    /// Ends the innermost guarded task with this report.
    [[noreturn]] virtual void stop(const Report& report) = 0;
    /// What the last fault was, also one that went on; null if there was none.
    virtual const Report* last_report() = 0;
    /// Makes this the last report, for `lastfault`: also one of which the guard did not know, or
    /// one that was completed after the guard had it.
    virtual void remember(const Report& report) = 0;

protected:
    ~Guard() = default;
};

/// A function as a task.
template <class Function>
class FunctionTask final : public Task {
public:
    explicit FunctionTask(Function& function) : function_(function) {}
    void run() override { function_(); }

private:
    Function& function_;
};

/// Runs a function under guard: null, or what stopped it, as with a task.
const Report* run_guarded(Guard& guard, auto&& work) {
    FunctionTask task(work);
    return guard.run_guarded(task);
}

/// Does `work`, then `restore`, also where the work was stopped. What stopped it ends the caller
/// then, too. The report is copied first, because `restore` may run guarded tasks of its own. If
/// `restore` is stopped itself, then that report ends the caller.
void run_and_restore(Guard& guard, auto&& work, auto&& restore) {
    const Report* stopped = run_guarded(guard, work);
    if (stopped == nullptr) return restore();
    const Report report = *stopped;
    restore();
    guard.stop(report);
}

}  // namespace heap44::shell
