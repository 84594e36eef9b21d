// SPDX-License-Identifier: MIT
// Who hears the answers: an output and a form. An answer is made once, and told to every channel.
//
//     repeat 2 alloc 8
//     begin(repeat) --- end(alloc, depth 1) --- end(alloc, depth 1) --- end(repeat, depth 0)
//
// What is told between `begin` and `end` belongs to the answer that was begun last. So a channel
// needs to remember only which answers are open, never what they said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "shell/answer/answer.hpp"
#include "shell/answer/parts.hpp"

namespace heap44::shell {

/// How many levels deep commands may run commands (`repeat 2 repeat 2 alloc 8` has three). What is
/// deeper gets an answer, too: a refusal, one level below.
inline constexpr std::size_t command_levels = 4;
inline constexpr std::size_t answer_levels = command_levels + 1;

/// The beginning of an answer that is told while it is made.
struct Opening {
    std::string_view command;
    Course course;
    std::size_t depth;
    std::uint64_t sequence;
};

/// A channel is told every answer. Each answer ends; some begin before, with parts and other
/// answers in between. What is stopped in the middle ends like everything else, and with it all
/// that was begun within it. An answer that could not be drawn ends a second time, with a Stopped.
class Channel {
public:
    /// An answer of several parts begins. Its depth is that of its end.
    virtual void begin(const Opening& opening) = 0;
    /// A part of the answer that was begun last and has not ended; Progress comes at any time.
    virtual void part(const Part& part) = 0;
    /// The answer is complete; now it is drawn. False where Ctrl-C has cut a listing short: then
    /// the interpreter ends all that the answer is a part of.
    virtual bool end(const Answer& answer) = 0;
    /// The machine is about to end, or to start anew.
    virtual void machine_ends() {}

protected:
    ~Channel() = default;
};

}  // namespace heap44::shell
