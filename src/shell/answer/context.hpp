// SPDX-License-Identifier: MIT
// What a command works with. Renderers never see it: they get a `View`.
#pragma once

#include "shell/answer/executor.hpp"

namespace heap44::mm {
class Heap;
class Journal;
}  // namespace heap44::mm

namespace heap44::shell {

class Guard;
class Machine;
class Terminal;
struct Options;
struct Session;

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
[[nodiscard]] bool interrupts(Context& context);

}  // namespace heap44::shell
