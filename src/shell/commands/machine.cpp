// SPDX-License-Identifier: MIT
// uptime, log, reboot, poweroff: the machine itself.
#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"

namespace heap44::shell::commands {

Reply uptime(Context& context, const Arguments&) {
    return Uptime{context.machine.nanoseconds()};
}

Reply log(Context&, const Arguments&) {
    return Log{};
}

Reply reboot(Context& context, const Arguments&) {
    if (!context.machine.can_reboot()) {
        return refusal(ErrorCode::not_supported, "this platform cannot start anew");
    }
    return Power{.reboot = true, .status = {}};
}

Reply poweroff(Context& context, const Arguments& arguments) {
    if (arguments.size() == 0) return Power{.reboot = false, .status = {}};
    const auto status = parse_size("status", arguments[0]);
    if (!status) return status.error();
    if (*status > 127) {
        return bad_argument("status {} is not within 0 to 127", *status);
    }
    return Power{.reboot = false,
                 .status = static_cast<std::uint8_t>(*status),
                 .delivered = context.machine.has_exit_status()};
}

}  // namespace heap44::shell::commands
