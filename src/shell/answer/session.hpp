// SPDX-License-Identifier: MIT
// What a session at one terminal remembers between commands.
#pragma once

#include <cstdint>
#include <optional>

#include "mm/heap/history/trace.hpp"
#include "shell/answer/reply.hpp"
#include "shell/input/history.hpp"

namespace heap44::shell {

/// One for each shell. Nothing here belongs to the heap: `undo` changes none of it.
struct Session {
    bool ansi = false;
    bool json = false;
    /// The map is pinned to the top of the terminal.
    bool live = false;
    /// Answers given so far.
    std::uint64_t sequence = 0;
    /// Commands run so far; the ledger notes it with each block.
    std::uint64_t commands = 0;
    /// Ctrl-C has stopped something within the typed command. Then the typed command ends, too.
    bool interrupted = false;
    /// How the machine is to end, once the typed command has been answered.
    std::optional<Power> ending;
    /// Whether commands that run others are to end.
    [[nodiscard]] bool is_over() const { return interrupted || ending; }
    /// A panic under heap44.panic=halt: from then on only commands that look are allowed.
    bool halted = false;
    History history;
    mm::Trace trace;
};

}  // namespace heap44::shell
