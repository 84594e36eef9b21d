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

/// All of these outlive the commands: the shell has them from its start to its end.
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

/// Whether Ctrl-C asks for the end of what runs other commands. It is served then, and noted in the
/// session, so that every command around this one ends, too: a person who presses Ctrl-C wants the
/// prompt back.
[[nodiscard]] inline bool interrupts(Context& context) {
    if (!context.terminal.interrupt_requested()) return false;
    context.terminal.interrupt_served();
    context.session.interrupted = true;
    return true;
}

}  // namespace heap44::shell
