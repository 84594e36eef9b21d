// SPDX-License-Identifier: MIT
// peek, walk, memmap, frames: memory beyond the heap's own view of it.
#include <algorithm>
#include <array>

#include "lib/align.hpp"
#include "shell/commands/all.hpp"
#include "shell/values.hpp"

namespace heap44::shell::commands {

namespace {

constexpr std::uint64_t default_length = 64;
constexpr std::uint64_t longest = 16 << 20;

Error unmapped(VirtAddr address) {
    return {.code = ErrorCode::unmapped,
            .message = format_fixed<320>("no memory is mapped at {:#x}", address.value),
            .address = address};
}

/// The first byte in the range that cannot be read, or its end.
VirtAddr readable_end(Platform& platform, VirtAddr start, std::uint64_t size) {
    std::array<std::byte, 256> page_part;
    std::uint64_t done = 0;
    while (done < size) {
        const std::size_t wanted = std::min<std::uint64_t>(page_part.size(), size - done);
        const std::size_t got =
            platform.read_memory(start + done, std::span(page_part).first(wanted));
        done += got;
        if (got < wanted) break;
    }
    return start + done;
}

bool is_canonical(VirtAddr address) {
    const auto top = static_cast<std::int64_t>(address.value) >> 47;
    return top == 0 || top == -1;
}

}  // namespace

Reply peek(Context& context, const Arguments& arguments) {
    const auto address = parse_address(arguments[0]);
    if (!address) return address.error();
    std::uint64_t length = default_length;
    if (arguments.size() > 1) {
        const auto given = parse_count("length", arguments[1]);
        if (!given) return given.error();
        length = *given;
    }
    if (length > longest) {
        return bad_argument(
            format_fixed<160>("length {} is more than {} (16M)", length, longest).view());
    }
    const VirtAddr end = readable_end(context.platform, *address, length);
    if (end - *address < length) return unmapped(end);
    return Bytes{*address, length};
}

Reply walk(Context& context, const Arguments& arguments) {
    const auto address = parse_address(arguments[0]);
    if (!address) return address.error();
    if (!is_canonical(*address)) {
        return Error{.code = ErrorCode::unmapped,
                     .message = format_fixed<320>("{:#x} is not canonical: bits 48 to 63 must be "
                                                  "copies of bit 47",
                                                  address->value),
                     .address = *address};
    }
    const auto steps = context.platform.walk(*address);
    if (!steps) {
        return Error{.code = ErrorCode::not_supported,
                     .message = FixedText<320>("this platform shows no page tables")};
    }
    const Walk walked{*address, *steps};
    if (steps->physical) return walked;
    Error error = unmapped(*address);
    error.walk = walked;
    return error;
}

Reply memmap(Context&, const Arguments&) {
    return Regions{};
}

Reply frames(Context& context, const Arguments&) {
    const auto counts = context.platform.frames();
    if (counts) return Frames{*counts};
    return Error{.code = ErrorCode::not_supported,
                 .message = FixedText<320>("this platform has no frames of its own")};
}

}  // namespace heap44::shell::commands
