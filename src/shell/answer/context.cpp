// SPDX-License-Identifier: MIT
#include "shell/answer/context.hpp"

#include "shell/answer/session.hpp"
#include "shell/platform/terminal.hpp"

namespace heap44::shell {

bool interrupts(Context& context) {
    if (!context.terminal.interrupt_requested()) return false;
    context.terminal.interrupt_served();
    context.session.interrupted = true;
    return true;
}

}  // namespace heap44::shell
