// SPDX-License-Identifier: MIT
// What is said of session and machine, as text.
#include "mm/heap/heap.hpp"
#include "mm/heap/history/trace.hpp"
#include "shell/answer/command.hpp"
#include "shell/answer/session.hpp"
#include "shell/platform/machine.hpp"
#include "shell/platform/version.hpp"
#include "shell/platform/visiting.hpp"
#include "shell/render/help_text.hpp"
#include "shell/render/text/text_renderer.hpp"

namespace heap44::shell {

/// The table of commands is the only source of what is said here.
void TextRenderer::text(const Help& help) {
    if (help.command == nullptr) {
        write_help(out_);
    } else {
        write_help(out_, *help.command, view_.heap.start());
    }
}

/// The oldest first, so that the newest stands above the prompt.
void TextRenderer::text(const HistoryList&) {
    const History& history = view_.session.history;
    for (std::size_t back = history.size(); back-- > 0;) {
        print(out_, "{:>5}  {}\n", history.newest_number() - back, history.recent(back));
    }
}

void TextRenderer::text(const Echo& echo) {
    // Programs find the prompt by its text at the start of a line. So no other line may begin like
    // it, and such a text is moved by one space.
    print(out_, "{}{}\n", echo.text.starts_with("heap44> ") ? " " : "", echo.text);
}

/// The commands have told their answers already; only what is special about the whole comes here.
void TextRenderer::text(const Repeated& repeated) {
    if (repeated.timed) {
        // In integers, to the thousandth: half a microsecond is noise.
        const std::uint64_t microseconds = repeated.nanoseconds / 1000;
        print(out_, "took {}.{:03} ms\n", microseconds / 1000, microseconds % 1000);
    }
    if (repeated.interrupted) {
        print(out_, "interrupted: stopped by Ctrl-C after {} of {} runs\n", repeated.runs,
              repeated.count);
    } else if (repeated.runs < repeated.count) {
        print(out_, "stopped after {} of {} runs\n", repeated.runs, repeated.count);
    }
}

/// The name of the switch is the command's name.
void TextRenderer::text(const Switch& setting) {
    print(out_, "{} is {}\n", command_, setting.on ? "on" : "off");
}

void TextRenderer::text(const Version&) {
    print(out_, "Heap44 {} ({})\n", version, build);
}

/// Milliseconds are as fine as a person can use.
void TextRenderer::text(const Uptime& uptime) {
    const std::uint64_t milliseconds = uptime.nanoseconds / 1'000'000;
    print(out_, "up {}.{:03} seconds\n", milliseconds / 1000, milliseconds % 1000);
}

void TextRenderer::text(const Log&) {
    auto draw = visiting<std::string_view>([&](std::string_view line) {
        print(out_, "{}\n", line);
        return true;
    });
    view_.machine.for_each_log_line(draw);
}

/// The last line before the end: nothing can be told after it.
void TextRenderer::text(const Power& power) {
    if (power.status && !power.delivered) {
        print(out_, "no isa-debug-exit device is there to take status {}\n", *power.status);
    }
    print(out_, "{}\n", power.reboot ? "starting anew" : "shutting down");
}

void TextRenderer::text(const Names& names) {
    for (const Named& each : names.names) {
        print(out_, "  {:<20} {}\n", each.name, each.summary);
    }
}

}  // namespace heap44::shell
