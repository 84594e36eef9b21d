// SPDX-License-Identifier: MIT
// An answer: what a command came to, and what came up meanwhile. It is a view that is put together
// when a command has ended; channels and visitors must not keep it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "shell/answer/reply.hpp"

namespace heap44::shell {

struct Notices;

struct Answer {
    /// The command's name; empty where the line could not be parsed.
    std::string_view command;
    const Reply& reply;
    const Notices& notices;
    /// 0 for what was typed, more for commands that a command runs.
    std::size_t depth = 0;
    /// The number of the answer, which all within it shares.
    std::uint64_t sequence = 0;
};

/// Whether Ctrl-C stopped the command itself. A command that runs others, and saw Ctrl-C stop one
/// of them, ends as usual and says `interrupted` in its own reply.
[[nodiscard]] inline bool was_interrupted(const Reply& reply) {
    const auto* stopped = std::get_if<Stopped>(&reply);
    return stopped != nullptr && stopped->report.code == ErrorCode::interrupted;
}

/// What JSON calls `ok`: the command did what it was told to. A `stress` that found a problem is
/// ok, for finding problems is what it does.
[[nodiscard]] inline bool is_ok(const Reply& reply) {
    if (const auto* repeated = std::get_if<Repeated>(&reply)) return !repeated->interrupted;
    if (const auto* compared = std::get_if<Compared>(&reply)) return !compared->interrupted;
    return !std::holds_alternative<Error>(reply) && !std::holds_alternative<Stopped>(reply);
}

}  // namespace heap44::shell
