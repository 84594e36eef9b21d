// SPDX-License-Identifier: MIT
#include "shell/render/report_text.hpp"

#include <algorithm>

#include "lib/align.hpp"
#include "mm/heap/heap.hpp"
#include "shell/explain/block_text.hpp"
#include "shell/explain/code_text.hpp"
#include "shell/platform/machine.hpp"

namespace heap44::shell {

namespace {

constexpr std::size_t bytes_in_a_row = 16;

/// Three in a row fit into 80 columns.
void write_registers(Output& output, const Report& report) {
    constexpr std::size_t in_a_row = 3;
    for (std::size_t index = 0; index < report.register_count; ++index) {
        const auto& [name, value] = report.registers[index];
        const bool ends_row =
            index % in_a_row == in_a_row - 1 || index + 1 == report.register_count;
        print(output, "  {:<6} {:016x}{}", name, value, ends_row ? "\n" : "");
    }
}

/// One line: who, in a column of its own, then the function and its line.
void write_code(Output& output, std::string_view what, std::uint64_t code, const Machine& machine,
                CodeUse use = CodeUse::returns) {
    print(output, "  {:<13} {}\n", what, line_text(machine, code, use).view());
}

/// The block as it was when the report was made, and who allocated and freed it.
void write_block(Output& output, const Report& report, const Machine& machine) {
    const mm::Block& block = *report.block;
    print(output, "  {:<13} {}, {} byte{} at {:#x}, {}\n", "block", title(block).view(),
          block.layout.size, plural(block.layout.size), block.address.value,
          block.is_live() ? "live" : "freed");
    print(output, "  {:<13} {}, command {}\n", "allocated by",
          line_text(machine, block.caller).view(), block.allocated_in);
    if (block.is_live()) return;
    print(output, "  {:<13} {}, command {}\n", "freed by",
          line_text(machine, block.freed_by).view(), block.freed_in);
}

/// One row of memory, and under it carets for its bytes from `first` to `last`.
void write_row(Output& output, VirtAddr row, std::span<const std::byte> bytes, VirtAddr first,
               VirtAddr last) {
    print(output, "    {:#014x} ", row.value);
    for (std::size_t index = 0; index < bytes.size(); ++index) {
        print(output, "{}{:02x}", index % 8 == 0 ? "  " : " ",
              std::to_integer<unsigned>(bytes[index]));
    }
    output.write("\n");
    if (last < row || first >= row + bytes.size()) return;
    FixedText<128> carets;
    for (std::size_t index = 0; index < bytes.size(); ++index) {
        const bool marked = row + index >= first && row + index <= last;
        print(carets, "{}{}", index % 8 == 0 ? "  " : " ", marked ? "^^" : "  ");
    }
    const std::string_view text = carets.view();
    print(output, "    {:<14} {}\n", "", text.substr(0, text.find_last_not_of(' ') + 1));
}

/// The memory around the bytes in question, as it was found, or is now, as far as it can be read.
void write_memory(Output& output, const Report& report, const Machine& machine) {
    constexpr std::uint64_t most = 4 * bytes_in_a_row;
    const VirtAddr first{*report.address};
    const VirtAddr last = first + (std::clamp<std::uint64_t>(report.size, 1, most) - 1);
    // The bytes were put right since, so they come from the report and not from memory.
    if (report.memory) {
        const std::span bytes = std::span(report.memory->bytes).first(report.memory->size);
        for (std::size_t done = 0; done < bytes.size(); done += bytes_in_a_row) {
            const std::size_t size = std::min(bytes_in_a_row, bytes.size() - done);
            write_row(output, report.memory->start + done, bytes.subspan(done, size), first, last);
        }
        return;
    }
    VirtAddr row{align_down(first.value, bytes_in_a_row)};
    const VirtAddr end = VirtAddr{align_down(last.value, bytes_in_a_row)} + 2 * bytes_in_a_row;
    // A row before and a row behind, if addresses reach that far.
    if (row.value < bytes_in_a_row || end < row) return;
    std::array<std::byte, bytes_in_a_row> bytes;
    for (row = row - bytes_in_a_row; row < end; row += bytes_in_a_row) {
        if (machine.read_memory(row, bytes) < bytes.size()) continue;
        write_row(output, row, bytes, first, last);
    }
}

}  // namespace

void write_report(Output& output, const Report& report, const Machine& machine) {
    print(output, "{}: {}\n", name(report.code), report.message.view());
    // Page faults say it in the message already. An empty explanation is contained in every text.
    if (!report.message.view().contains(report.explanation.view())) {
        print(output, "  {}\n", report.explanation.view());
    }
    if (report.caller) {
        write_code(output, report.exception.empty() ? "by" : "at", *report.caller, machine,
                   caller_use(report));
    }
    if (report.holder) write_code(output, "held by", *report.holder, machine);
    if (report.block) write_block(output, report, machine);
    if (report.address) write_memory(output, report, machine);
    write_registers(output, report);
    for (std::size_t index = 0; index < report.backtrace_depth; ++index) {
        // Behind the command comes the shell that ran it, always the same.
        const auto place = machine.describe_code(report.backtrace[index]);
        if (place && place->name.contains("CommandTask::run")) break;
        write_code(output, "called from", report.backtrace[index], machine);
    }
}

}  // namespace heap44::shell
