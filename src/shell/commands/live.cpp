// SPDX-License-Identifier: MIT
// live: the map at the top of the terminal, drawn anew as commands run.
//
// The command only sets a switch of the session. The shell draws at the prompt, and its channel
// while commands run long: they know where the cursor is.

#include "shell/answer/session.hpp"
#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"

namespace heap44::shell::commands {

Reply live(Context& context, const Arguments& arguments) {
    Session& session = context.session;
    if (arguments.size() > 0) {
        const auto on = parse_switch(arguments[0]);
        if (!on) return on.error();
        if (*on && !session.ansi) {
            return Error{.code = ErrorCode::not_supported,
                         .message = FixedText<320>("a pinned map needs a terminal that can redraw"),
                         .hint = FixedText<80>("'ansi on' says that it can")};
        }
        session.live = *on;
    }
    return Switch{session.live};
}

}  // namespace heap44::shell::commands
