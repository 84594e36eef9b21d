// SPDX-License-Identifier: MIT
// peek, walk, memmap, frames: memory beyond the heap's own view of it.
//
// All of them only look, at any address: the machine answers what can be read.

#include "shell/commands/memory.hpp"

#include <algorithm>
#include <array>

#include "mm/page_walk.hpp"
#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"
#include "shell/platform/machine.hpp"

namespace heap44::shell::commands {

namespace {

constexpr std::uint64_t default_length = 64;

}  // namespace

VirtAddr readable_end(const Machine& machine, VirtAddr start, std::uint64_t size) {
    // In small pieces, so that no buffer on the stack has to be large.
    std::array<std::byte, 256> page_part;
    std::uint64_t done = 0;
    while (done < size) {
        const std::size_t wanted = std::min<std::uint64_t>(page_part.size(), size - done);
        const std::size_t got =
            machine.read_memory(start + done, std::span(page_part).first(wanted));
        done += got;
        if (got < wanted) break;
    }
    return start + done;
}

/// All of it can be read, or nothing is shown: the Error names the first byte that cannot.
Reply peek(Context& context, const Arguments& arguments) {
    const auto address = parse_address(arguments[0]);
    if (!address) return address.error();
    std::uint64_t length = default_length;
    if (arguments.size() > 1) {
        const auto given = parse_count("length", arguments[1], longest_read);
        if (!given) return given.error();
        length = *given;
    }
    // Read once to see that it can be read, and again when it is drawn.
    const VirtAddr end = readable_end(context.machine, *address, length);
    if (end - *address < length) return unmapped(end);
    return Bytes{*address, length};
}

/// An address that is not mapped is an error with the levels of the walk: the entry that ends it is
/// what the person wants to see.
Reply walk(Context& context, const Arguments& arguments) {
    const auto address = parse_address(arguments[0]);
    if (!address) return address.error();
    if (!mm::is_canonical(*address)) {
        return Error{.code = ErrorCode::unmapped,
                     .message = format_fixed<320>("{:#x} is not canonical: bits 48 to 63 must be "
                                                  "copies of bit 47",
                                                  address->value),
                     .address = *address};
    }
    const Walk walked{*address, context.machine.walk(*address)};
    if (walked.walk.depth == 0) {
        return refusal(ErrorCode::not_supported, "this platform shows no page tables");
    }
    if (walked.walk.physical) return walked;
    Error error = unmapped(*address);
    error.walk = walked;
    return error;
}

Reply memmap(Context&, const Arguments&) {
    return Regions{};
}

/// A program under Linux has no frames: there the command says so.
Reply frames(Context& context, const Arguments&) {
    const auto counts = context.machine.frames();
    if (counts) return Frames{*counts};
    return refusal(ErrorCode::not_supported, "this platform has no frames of its own");
}

}  // namespace heap44::shell::commands
