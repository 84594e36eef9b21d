// SPDX-License-Identifier: MIT
#include "kernel/watched_writes.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "kernel/backtrace.hpp"
#include "kernel/exceptions.hpp"
#include "kernel/machine.hpp"
#include "kernel/symbols.hpp"
#include "kernel/x86_64/cpu.hpp"
#include "kernel/x86_64/watchpoints.hpp"
#include "shell/explain/address_info.hpp"
#include "shell/explain/code_text.hpp"

namespace heap44::kernel {

namespace {

// Each watchpoint reports once, and no more are set before the answer that shows the reports.
constinit std::array<shell::Report, 2 * watchpoint_limit> reports{};
constinit std::size_t noted = 0;
constinit std::size_t taken = 0;

constexpr std::uint64_t all_watchpoints = (1U << watchpoint_limit) - 1;

// Where either content is not known, the processor's word is all there is.
bool has_changed(std::size_t index) {
    const auto now = content_of(watchpoints()[index]);
    return now && content_before(index) && *now != *content_before(index);
}

// The functions that copy for others are not who people look for.
bool only_copies(std::uint64_t code) {
    constexpr std::array<std::string_view, 4> names{"memcpy", "memmove", "memset",
                                                    "heap44::kernel::KernelMachine::write_memory"};
    const auto place = describe_code(code);
    return place && std::ranges::contains(names, place->name);
}

void describe_write(shell::Report& report, const shell::Watchpoint& watch, const TrapFrame& frame) {
    report = {};
    report.code = shell::ErrorCode::watched;
    report.address = watch.address.value;
    report.size = watch.size;
    report.access = shell::Access::write;
    // The processor tells after the write: the instruction that wrote stands in front.
    std::array<std::uint64_t, 17> way{frame.rip};
    const std::size_t depth = 1 + walk_stack(frame.rbp, std::span(way).subspan(1));
    std::size_t first = 0;
    // The first function on the way that is more than a copy: that is who wanted the write.
    while (first + 1 < depth && only_copies(way[first])) ++first;
    report.caller = way[first];
    for (std::size_t index = first + 1; index < depth; ++index) {
        report.backtrace[report.backtrace_depth++] = way[index];
    }
    place_in_heap(report);
    print(report.message, "{} byte{} at {:#x} {} written to by {}", watch.size, plural(watch.size),
          watch.address.value, watch.size == 1 ? "was" : "were",
          shell::line_text(machine(), way[first]).view());
}

}  // namespace

bool note_watched_writes(const TrapFrame& frame, std::uint64_t debug_status) {
    const std::uint64_t hits = debug_status & ((1U << watchpoints().size()) - 1);
    if (hits == 0) return false;
    // From behind, since removing a watchpoint moves those behind it.
    for (std::size_t index = watchpoints().size(); index-- > 0;) {
        // QEMU tells of one watchpoint, even if one instruction wrote to several.
        if ((hits >> index & 1) == 0 && !has_changed(index)) continue;
        if (noted < reports.size()) describe_write(reports[noted++], watchpoints()[index], frame);
        remove_watchpoint(index);
    }
    write_dr6(debug_status & ~all_watchpoints);
    // BD, BS and BT of DR6: bits 13 to 15.
    constexpr std::uint64_t other_causes = 0xe000;
    return (debug_status & other_causes) == 0;
}

std::optional<std::uint64_t> content_of(const shell::Watchpoint& watch) {
    std::uint64_t content = 0;
    const auto bytes = std::as_writable_bytes(std::span(&content, 1)).first(watch.size);
    if (machine().read_memory(watch.address, bytes) < watch.size) return std::nullopt;
    return content;
}

const shell::Report* take_watchpoint_report() {
    if (taken == noted) {
        taken = noted = 0;
        return nullptr;
    }
    return &reports[taken++];
}

}  // namespace heap44::kernel
