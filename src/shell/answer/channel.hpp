// SPDX-License-Identifier: MIT
// Who hears the answers: an output and a form. An answer is made once, and told to every channel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "shell/answer/answer.hpp"
#include "shell/answer/parts.hpp"

namespace heap44::shell {

/// How many levels deep commands may run commands; what is deeper gets an answer, too: a refusal.
inline constexpr std::size_t command_levels = 4;
inline constexpr std::size_t answer_levels = command_levels + 1;

/// The beginning of an answer that is told while it is made.
struct Opening {
    std::string_view command;
    Course course;
    std::size_t depth;
    std::uint64_t sequence;
};

/// Every answer ends; some begin before, with parts and other answers in between. What is stopped
/// in the middle ends like everything else, and with it all that was begun within it; also an
/// answer that could not be drawn ends a second time, with a Stopped.
class Channel {
public:
    virtual void begin(const Opening& opening) = 0;
    /// Of the answer begun last that has not ended.
    virtual void part(const Part& part) = 0;
    /// False where Ctrl-C has cut a listing short.
    virtual bool end(const Answer& answer) = 0;
    /// The machine is about to end, or to start anew.
    virtual void machine_ends() {}

protected:
    ~Channel() = default;
};

}  // namespace heap44::shell
