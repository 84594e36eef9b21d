// SPDX-License-Identifier: MIT
// where, lastfault, backtrace, watch: what is there, what happened, who is here, who writes.
#include <algorithm>
#include <bit>

#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"
#include "shell/explain/address_info.hpp"
#include "shell/platform/guard.hpp"
#include "shell/platform/machine.hpp"

namespace heap44::shell::commands {

namespace {

/// As many bytes as one debug register covers from this address on, 8 at most.
std::uint64_t natural_length(VirtAddr address) {
    return std::uint64_t{1} << std::min(3, std::countr_zero(address.value));
}

/// The limits are the processor's: a debug register watches 1, 2, 4 or 8 bytes at a multiple of
/// that (Intel SDM volume 3, 18.2.5). Without a length it is as many as the address allows.
Parsed<Watchpoint> parse_watchpoint(const Arguments& arguments) {
    const auto address = parse_address(arguments[0]);
    if (!address) return std::unexpected(address.error());
    std::uint64_t length = natural_length(*address);
    if (arguments.size() > 1) {
        const auto given = parse_size("length", arguments[1]);
        if (!given) return std::unexpected(given.error());
        length = *given;
    }
    if (!std::has_single_bit(length) || length > 8) {
        return std::unexpected(bad_argument("length {} is not 1, 2, 4 or 8", length));
    }
    if (address->value % length != 0) {
        return std::unexpected(bad_argument("{:#x} is no multiple of the length {}; {} would do",
                                            address->value, length, natural_length(*address)));
    }
    return Watchpoint{*address, length};
}

}  // namespace

/// Any address will do, also one that is not mapped: that is an answer, too.
Reply where(Context& context, const Arguments& arguments) {
    const auto address = parse_address(arguments[0]);
    if (!address) return address.error();
    return find_address_info(context.heap, context.machine, *address);
}

Reply lastfault(Context& context, const Arguments&) {
    LastReport last{};
    if (const Report* report = context.guard.last_report()) last.report = *report;
    return last;
}

Reply backtrace(Context& context, const Arguments&) {
    Backtrace trace{};
    trace.depth = context.machine.backtrace(trace.code);
    return trace;
}

/// In this order: what the machine cannot do, what only asks, what takes away; then the words, the
/// memory, a free register.
Reply watch(Context& context, const Arguments& arguments) {
    Machine& machine = context.machine;
    if (machine.watchpoint_limit() == 0) {
        return refusal(ErrorCode::not_supported,
                       "this platform has no debug registers to watch with");
    }
    if (arguments.size() == 0) return Watchpoints{};
    if (arguments[0] == "off") {
        if (arguments.size() > 1)
            return bad_argument("'off' removes all watchpoints, and takes no length");
        machine.remove_watchpoints();
        return Watchpoints{};
    }
    const auto wanted = parse_watchpoint(arguments);
    if (!wanted) return wanted.error();
    // A debug register would take any address; but nobody can write where nothing is mapped.
    if (machine.access(wanted->address) == Access::none) {
        return unmapped(wanted->address);
    }
    const auto is_wanted = [&](const Watchpoint& watch) {
        return watch.address == wanted->address && watch.size == wanted->size;
    };
    // Asked for twice it is still one watchpoint.
    if (std::ranges::any_of(machine.watchpoints(), is_wanted)) return Watchpoints{};
    if (machine.watchpoints().size() == machine.watchpoint_limit()) {
        return bad_argument(
            "the processor has {} debug registers, and all are in "
            "use; 'watch off' frees them",
            machine.watchpoint_limit());
    }
    machine.add_watchpoint(*wanted);
    return Watchpoints{};
}

}  // namespace heap44::shell::commands
