// SPDX-License-Identifier: MIT
// A trace as the commands that repeat it.
//
// The trace holds what happened; a script holds what to type. They differ where no command does
// what happened: a block that was live before the trace began has no number that the script could
// use.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "lib/text.hpp"
#include "mm/heap/history/trace.hpp"

namespace heap44::shell {

/// One command of a script, and the record that it repeats; none in front of the first.
struct ScriptLine {
    FixedText<160> command;
    const mm::TraceRecord* record;
};

/// Goes through a trace: what must be typed to get the same blocks at the same addresses, from
/// whatever state the heap is in.
class TraceScript {
public:
    explicit TraceScript(const mm::Trace& trace) : trace_(trace), design_(&trace.beginning()) {}

    /// The next line; nothing behind the last. Its command is empty where no command can do what
    /// the record tells.
    [[nodiscard]] std::optional<ScriptLine> next();

private:
    [[nodiscard]] FixedText<160> command(const mm::TraceRecord& record);

    const mm::Trace& trace_;
    // The last record that says what the heap is.
    const mm::TraceRecord* design_;
    std::size_t index_ = 0;
    bool begun_ = false;
};

[[nodiscard]] std::string_view name(mm::HeapEvent::Kind kind);

}  // namespace heap44::shell
