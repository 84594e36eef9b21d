// SPDX-License-Identifier: MIT
// uptime, log, reboot, poweroff: the machine itself.
//
// The machine ends in the interpreter, not here: only there is it known that the answer was told.

#include "shell/platform/machine.hpp"

#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"

namespace heap44::shell::commands {

namespace {

Error cannot_poweroff(const Context& context) {
    Error error = refusal(ErrorCode::not_supported,
                          "the firmware does not tell how to switch this machine off");
    if (context.machine.has_exit_status()) {
        error.hint = FixedText<80>("'poweroff 0' ends it through isa-debug-exit");
    }
    return error;
}

}  // namespace

Reply uptime(Context& context, const Arguments&) {
    return Uptime{context.machine.nanoseconds()};
}

Reply log(Context&, const Arguments&) {
    return Log{};
}

/// The answer comes before the machine ends: the interpreter ends it once every channel has heard.
Reply reboot(Context& context, const Arguments&) {
    if (!context.machine.can_reboot()) {
        return refusal(ErrorCode::not_supported, "this platform cannot start anew");
    }
    return Power{.reboot = true, .status = {}};
}

Reply poweroff(Context& context, const Arguments& arguments) {
    if (arguments.size() == 0) {
        return context.machine.can_poweroff() ? Reply(Power{.reboot = false, .status = {}})
                                              : cannot_poweroff(context);
    }
    // A status is for scripts: they see how the session ended (`heap44.panic=exit` uses 127).
    const auto status = parse_size("status", arguments[0]);
    if (!status) return status.error();
    // QEMU makes 2 * status + 1 of it, which has to fit into a program's exit status of 8 bits.
    if (*status > 127) {
        return bad_argument("status {} is not within 0 to 127", *status);
    }
    const bool delivered = context.machine.has_exit_status();
    if (!delivered && !context.machine.can_poweroff()) return cannot_poweroff(context);
    return Power{
        .reboot = false, .status = static_cast<std::uint8_t>(*status), .delivered = delivered};
}

}  // namespace heap44::shell::commands
