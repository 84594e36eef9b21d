// SPDX-License-Identifier: MIT
// What a command has whose answer is told while it is made.
#pragma once

#include <string_view>

#include "shell/answer/answer.hpp"
#include "shell/answer/parts.hpp"
#include "shell/platform/visitor.hpp"

namespace heap44::shell {

class Executor {
public:
    /// Begins the answer of the command under way. Its Reply ends it.
    virtual void begin(Course course) = 0;
    virtual void tell(const Part& part) = 0;
    /// Runs the commands in `text` one after the other; their answers are told as parts of the
    /// one that was begun. `visitor` sees each, and answers whether to go on.
    virtual void run(std::string_view text, Visitor<Answer>& visitor) = 0;
    /// Tells in the same way that a line was not run.
    virtual void refuse(const Error& error, Visitor<Answer>& visitor) = 0;

protected:
    ~Executor() = default;
};

}  // namespace heap44::shell
