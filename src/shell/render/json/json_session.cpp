// SPDX-License-Identifier: MIT
// What is said of session and machine, as JSON.
//
// `echo` gives back the text as it was typed: programs use it to find their place in a log.

#include "mm/heap/heap.hpp"
#include "shell/answer/command.hpp"
#include "shell/answer/session.hpp"
#include "shell/platform/machine.hpp"
#include "shell/platform/version.hpp"
#include "shell/platform/visiting.hpp"
#include "shell/render/json/json_renderer.hpp"

namespace heap44::shell {

/// One command or all, in the same form.
void JsonRenderer::keys(const Help& help) {
    const auto one = [&](const Command& command) {
        json_.object([&] {
            json_.member("name", command.name);
            json_.member("group", name(command.group));
            json_.member("usage", command.usage);
            json_.member("summary", command.summary);
            json_.member("example", example_of(command, view_.heap.start()).view());
        });
    };
    json_.array("commands", [&] {
        for (const Command& command : all_commands()) {
            if (help.command == nullptr || help.command == &command) one(command);
        }
    });
}

/// The oldest first.
void JsonRenderer::keys(const HistoryList&) {
    const History& history = view_.session.history;
    json_.array("lines", [&] {
        for (std::size_t back = history.size(); back-- > 0;) {
            json_.element(history.recent(back));
        }
    });
}

void JsonRenderer::keys(const Echo& echo) {
    json_.member("text", echo.text);
}

/// `failed` counts answers that were not ok: of the commands, not of the runs.
void JsonRenderer::keys(const Repeated& repeated) {
    json_.member("runs", repeated.runs);
    json_.member("failed", repeated.failed);
    if (repeated.timed) json_.member("nanoseconds", repeated.nanoseconds);
    if (repeated.interrupted) {
        keys(refusal(ErrorCode::interrupted, "stopped by Ctrl-C after {} of {} runs", repeated.runs,
                     repeated.count));
    }
}

void JsonRenderer::keys(const Switch& setting) {
    json_.member("on", setting.on);
}

void JsonRenderer::keys(const Version&) {
    json_.member("version", version);
    json_.member("build", build);
}

/// In whole milliseconds.
void JsonRenderer::keys(const Uptime& uptime) {
    json_.member("ms", uptime.nanoseconds / 1'000'000);
}

void JsonRenderer::keys(const Log&) {
    auto draw = visiting<std::string_view>([&](std::string_view line) {
        json_.element(line);
        return true;
    });
    json_.array("lines", [&] { view_.machine.for_each_log_line(draw); });
}

/// `delivered` is false where no device was there that could take the status.
void JsonRenderer::keys(const Power& power) {
    if (power.status) {
        json_.member("status", unsigned{*power.status});
        json_.member("delivered", power.delivered);
    }
}

/// The names alone; what each does is for people.
void JsonRenderer::keys(const Names& names) {
    json_.array("names", [&] {
        for (const Named& each : names.names) json_.element(each.name);
    });
}

}  // namespace heap44::shell
