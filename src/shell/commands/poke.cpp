// SPDX-License-Identifier: MIT
// poke, fill: writes by hand. What is not a live block's payload is refused, unless forced.
//
//     find_obstacle: is memory there, and writable?      never forced: the write would fault
//     judge_write: does it stay in one live payload?     --force: written, with a warning

#include <algorithm>
#include <array>

#include "mm/heap/damage/access.hpp"
#include "mm/heap/heap.hpp"
#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"
#include "shell/cpp/access_check.hpp"
#include "shell/explain/damage.hpp"
#include "shell/input/utf8.hpp"
#include "shell/platform/limits.hpp"
#include "shell/platform/machine.hpp"

namespace heap44::shell::commands {

namespace {

/// As many bytes as a line has room for: two digits each.
struct ByteString {
    std::array<std::byte, max_line / 2> bytes;
    std::size_t size = 0;
};

constexpr int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Two hex digits a byte, in the order of their addresses; `0x` in front is allowed.
Parsed<ByteString> parse_bytes(std::string_view word) {
    const auto refuse = [&](std::string_view why) {
        return std::unexpected(bad_argument("'{}' {}", shown(word), why));
    };
    std::string_view digits = word;
    if (digits.starts_with("0x") || digits.starts_with("0X")) digits.remove_prefix(2);
    const bool all_hex = std::ranges::all_of(digits, [](char c) { return hex_digit(c) >= 0; });
    if (digits.empty() || !all_hex) return refuse("is not in hex digits, like deadbeef");
    if (digits.size() % 2 != 0) return refuse("has an odd number of hex digits; a byte takes two");
    ByteString parsed{};
    for (; !digits.empty(); digits.remove_prefix(2)) {
        parsed.bytes[parsed.size++] =
            static_cast<std::byte>(hex_digit(digits[0]) << 4 | hex_digit(digits[1]));
    }
    return parsed;
}

/// What is wrong with writing there; nothing where all bytes are payload of one live block. The
/// first byte decides. Where that is payload the first byte that is not is the one to name.
std::optional<Error> judge_write(Context& context, VirtAddr address, std::uint64_t size) {
    const mm::Heap& heap = context.heap;
    if (address < heap.start() || address >= heap.end()) {
        Error error = bad_argument("{:#x} is not in the heap ({:#x} to {:#x})", address.value,
                                   heap.start().value, heap.end().value);
        error.address = address;
        error.hint = FixedText<80>("--force writes there all the same");
        return error;
    }
    // One byte first: a write that begins wrong is told by where it begins, not by where it ends.
    auto fault = mm::judge_access(heap.ledger(), address, 1);
    const bool begins_inside = !fault;
    if (begins_inside) fault = mm::judge_access(heap.ledger(), address, size);
    if (!fault) return std::nullopt;
    // Of the whole write, whichever byte decided.
    fault->also = mm::other_blame(heap.ledger(), {address, address + (size - 1)}, fault->block);
    Error error{.code = code_of(fault->kind),
                .message = describe(*fault, Access::write, address, size, context.machine),
                .address = address,
                .also = other_block(fault->also),
                .access = Access::write};
    if (fault->block == nullptr) return error;
    if (begins_inside) error.address = fault->block->address + fault->block->layout.size;
    error.block = *fault->block;
    error.offset = static_cast<std::int64_t>(error.address->value - fault->block->address.value);
    return error;
}

/// Why bytes cannot be written there at all, or nothing.
std::optional<Error> find_obstacle(const Machine& machine, VirtAddr address, std::uint64_t size) {
    // Page by page, for rights are those of pages. The end is inclusive: at the top of the address
    // space there is no address behind it.
    const VirtAddr last = address + (size - 1);
    for (VirtAddr at = address;; at = VirtAddr{(at.value / page_size + 1) * page_size}) {
        switch (machine.access(at)) {
            case Access::none:
                return unmapped(at);
            case Access::read: {
                Error error = bad_argument("the memory at {:#x} is read-only", at.value);
                error.address = at;
                return error;
            }
            case Access::write:
                break;
        }
        if (last.value / page_size == at.value / page_size) return std::nullopt;
    }
}

/// Judges a write before it is made: what cannot be written is refused, what should not be is
/// refused unless forced. The answer is the reply of the command, with the warning if there is one.
std::expected<Written, Error> prepare(Context& context, VirtAddr address, std::uint64_t size,
                                      bool force) {
    Written written{.address = address, .size = size, .warning = {}};
    if (const auto obstacle = find_obstacle(context.machine, address, size)) {
        return std::unexpected(*obstacle);
    }
    // With `--force` the reason becomes a warning: the person hears what was written over.
    if (const auto misses = judge_write(context, address, size)) {
        if (!force) return std::unexpected(*misses);
        print(written.warning, "{}: {}", name(misses->code), misses->message.view());
    }
    return written;
}

}  // namespace

/// Nothing is written if any of the bytes may not be: all of the range is judged first.
Reply poke(Context& context, const Arguments& arguments) {
    const auto address = parse_address(arguments[0]);
    if (!address) return address.error();
    const auto given = parse_bytes(arguments[1]);
    if (!given) return given.error();
    const auto written = prepare(context, *address, given->size, arguments.has_flag("--force"));
    if (!written) return written.error();
    context.machine.write_memory(*address, std::span(given->bytes).first(given->size));
    return *written;
}

/// A block and not a range, so that the size cannot be wrong. With `--force` it may be a freed one:
/// then that is the use after free that people want to see.
Reply fill(Context& context, const Arguments& arguments) {
    const auto given = parse_bytes(arguments[1]);
    if (!given) return given.error();
    if (given->size != 1) {
        return bad_argument("'{}' is more than one byte", shown(arguments[1]));
    }
    const bool force = arguments.has_flag("--force");
    auto block = find_live_block(context.heap, arguments[0]);
    if (!block && force) {
        if (const auto any = find_block(context.heap, arguments[0])) block = any;
    }
    if (!block) {
        Error error = block.error();
        // The same block is no double free here, but a use after free.
        if (error.code == ErrorCode::double_free) error.code = ErrorCode::use_after_free;
        return error;
    }
    const VirtAddr address = (*block)->address;
    const std::size_t size = (*block)->layout.size;
    if (size == 0) return Written{.address = address, .size = 0, .warning = {}};
    const auto written = prepare(context, address, size, force);
    if (!written) return written.error();
    // Filled piece by piece: a block may be larger than any buffer on the stack.
    std::array<std::byte, 256> pattern;
    pattern.fill(given->bytes[0]);
    for (std::size_t done = 0; done < size; done += pattern.size()) {
        const std::size_t part = std::min(pattern.size(), size - done);
        context.machine.write_memory(address + done, std::span(pattern).first(part));
    }
    return *written;
}

}  // namespace heap44::shell::commands
