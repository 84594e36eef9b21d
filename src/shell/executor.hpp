// SPDX-License-Identifier: MIT
// How a renderer lets further commands run whose answers are part of the one it shows.
#pragma once

#include <string_view>

#include "shell/platform.hpp"
#include "shell/reply.hpp"

namespace heap44::shell {

/// A command's name and its reply; the name is empty where the line could not be parsed.
struct Answer {
    std::string_view command;
    const Reply& reply;
};

class Executor {
public:
    /// Runs the commands in `text` one after the other and shows each answer to `visitor`, until
    /// it answers false.
    virtual void run(std::string_view text, Visitor<Answer>& visitor) = 0;

protected:
    ~Executor() = default;
};

/// Whether Ctrl-C stopped the command.
[[nodiscard]] inline bool was_interrupted(const Reply& reply) {
    const auto* stopped = std::get_if<Stopped>(&reply);
    return stopped != nullptr && stopped->report.code == ErrorCode::interrupted;
}

[[nodiscard]] inline bool is_ok(const Reply& reply) {
    return !std::holds_alternative<Error>(reply) && !std::holds_alternative<Stopped>(reply);
}

}  // namespace heap44::shell
