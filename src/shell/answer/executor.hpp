// SPDX-License-Identifier: MIT
// How a command tells its answer in parts, while it is still at work.
#pragma once

#include <string_view>

#include "shell/answer/answer.hpp"
#include "shell/answer/parts.hpp"
#include "shell/platform/visitor.hpp"

namespace heap44::shell {

class Arguments;

/// The interpreter implements it; a command reaches it through its Context. Most commands do not
/// need it: they return a Reply, and are done.
class Executor {
public:
    /// Begins the answer of the command under way. Its Reply ends it.
    virtual void begin(Course course) = 0;
    /// Tells a part of the answer that was begun (Progress needs none). Call it as often as there
    /// is something to tell.
    virtual void tell(const Part& part) = 0;
    /// Runs the commands in `text` one after the other; their answers are told as parts of the
    /// one that was begun. `visitor` sees each, and answers whether to go on.
    virtual void run(std::string_view text, Visitor<Answer>& visitor) = 0;
    /// Shows `visitor` the words of each command that `text` would run, and of those that commands
    /// in it would run, until it answers false. Nothing is run.
    virtual void for_each_command(std::string_view text, Visitor<Arguments>& visitor) = 0;
    /// Tells in the same way that a line of a script was not run, and why.
    virtual void refuse(const Error& error, Visitor<Answer>& visitor) = 0;

protected:
    ~Executor() = default;
};

}  // namespace heap44::shell
