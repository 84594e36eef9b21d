// SPDX-License-Identifier: MIT
// help, history, echo, ansi, json, version: the person and the terminal.
#include "shell/answer/session.hpp"

#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"

namespace heap44::shell::commands {

namespace {

/// Shows a switch, or sets it and shows it: the answer is the same.
Reply set_switch(bool& setting, const Arguments& arguments) {
    if (arguments.size() > 0) {
        const auto on = parse_switch(arguments[0]);
        if (!on) return on.error();
        setting = *on;
    }
    return Switch{setting};
}

}  // namespace

/// An unknown name is an argument that is wrong, since the command `help` itself is known.
Reply help(Context&, const Arguments& arguments) {
    if (arguments.size() == 0) return Help{nullptr};
    const Command* command = find_command(arguments[0]);
    if (command != nullptr) return Help{command};
    Error error = unknown_command(arguments[0]);
    error.code = ErrorCode::bad_argument;
    return error;
}

Reply history(Context&, const Arguments&) {
    return HistoryList{};
}

Reply echo(Context&, const Arguments& arguments) {
    return Echo{arguments.text_from(1)};
}

Reply ansi(Context& context, const Arguments& arguments) {
    Reply reply = set_switch(context.session.ansi, arguments);
    // A pinned map needs it.
    if (!context.session.ansi) context.session.live = false;
    return reply;
}

Reply json(Context& context, const Arguments& arguments) {
    return set_switch(context.session.json, arguments);
}

Reply version(Context&, const Arguments&) {
    return Version{};
}

}  // namespace heap44::shell::commands
