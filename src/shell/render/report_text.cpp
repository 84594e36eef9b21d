// SPDX-License-Identifier: MIT
#include "shell/render/report_text.hpp"

#include "shell/code_text.hpp"

namespace heap44::shell {

namespace {

void write_registers(Output& output, const Report& report) {
    constexpr std::size_t in_a_row = 3;
    for (std::size_t index = 0; index < report.register_count; ++index) {
        const auto& [name, value] = report.registers[index];
        const bool ends_row =
            index % in_a_row == in_a_row - 1 || index + 1 == report.register_count;
        print(output, "  {:<6} {:016x}{}", name, value, ends_row ? "\n" : "");
    }
}

void write_place(Output& output, std::string_view what, std::uint64_t code, Platform& platform) {
    print(output, "  {:<12} {:#x}  {}\n", what, code, code_text(platform, code).view());
}

}  // namespace

void write_report(Output& output, const Report& report, Platform& platform) {
    print(output, "{}: {}\n", name(report.code), report.message.view());
    if (!report.explanation.empty()) print(output, "  {}\n", report.explanation.view());
    if (report.caller) {
        write_place(output, report.exception.empty() ? "asked for by" : "at", *report.caller,
                    platform);
    }
    if (report.holder) write_place(output, "held by", *report.holder, platform);
    write_registers(output, report);
    for (std::size_t index = 0; index < report.backtrace_depth; ++index) {
        // Behind the command comes the shell that ran it, always the same.
        const auto place = platform.describe_code(report.backtrace[index]);
        if (place && place->name.contains("CommandTask::run")) break;
        write_place(output, "called from", report.backtrace[index], platform);
    }
}

}  // namespace heap44::shell
