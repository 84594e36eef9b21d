// SPDX-License-Identifier: MIT
// What a command works with. Renderers never see it: they get a `View`.
#pragma once

#include "mm/heap/heap.hpp"
#include "mm/heap/history/journal.hpp"
#include "shell/answer/executor.hpp"
#include "shell/answer/options.hpp"
#include "shell/answer/session.hpp"
#include "shell/platform/guard.hpp"
#include "shell/platform/machine.hpp"
#include "shell/platform/terminal.hpp"

namespace heap44::shell {

struct Context {
    mm::Heap& heap;
    Terminal& terminal;
    Guard& guard;
    Machine& machine;
    Session& session;
    Executor& executor;
    /// What was asked for at boot.
    const Options& options;
    /// Null where there is too little memory for one.
    mm::Journal* journal = nullptr;
};

/// Whether Ctrl-C asks for the end of what runs other commands. Then it has stopped all that was
/// typed.
[[nodiscard]] inline bool interrupts(Context& context) {
    if (!context.terminal.interrupt_requested()) return false;
    context.terminal.interrupt_served();
    context.session.interrupted = true;
    return true;
}

}  // namespace heap44::shell
