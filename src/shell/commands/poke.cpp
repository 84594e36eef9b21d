// SPDX-License-Identifier: MIT
// poke, fill: writes by hand. What is not a live block's payload is refused, unless forced.
#include <algorithm>
#include <array>

#include "mm/heap/vicinity.hpp"
#include "shell/commands/all.hpp"
#include "shell/limits.hpp"
#include "shell/place.hpp"
#include "shell/values.hpp"

namespace heap44::shell::commands {

namespace {

/// Nearer than this to a block an address in free memory is taken for one that missed it.
constexpr std::uint64_t near = 16;

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
        return std::unexpected(
            bad_argument(format_fixed<160>("'{}' {}", word.substr(0, 40), why).view()));
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

Error error_at(ErrorCode code, VirtAddr address, const mm::Block* block, std::string_view message) {
    Error error{.code = code, .message = FixedText<320>(message), .address = address};
    if (block != nullptr) error.block = *block;
    return error;
}

/// Bytes from `first` on, behind the payload of a block.
Error runs_over(const mm::Block& block, VirtAddr first, std::uint64_t size) {
    const std::uint64_t distance = first - (block.address + block.layout.size);
    FixedText<320> message;
    print(message, "{} byte{} at {:#x}, ", size, size == 1 ? "" : "s", first.value);
    if (distance == 0) {
        message.write("right behind");
    } else {
        print(message, "{} byte{} past", distance, distance == 1 ? "" : "s");
    }
    print(message, " the {} bytes of {} at {:#x}", block.layout.size, title(block).view(),
          block.address.value);
    return error_at(ErrorCode::overflow, first, &block, message.view());
}

/// Why bytes in the heap, the first of which is in no live payload, are not to be written.
Error misses_payload(const mm::Vicinity& place, VirtAddr address, std::uint64_t size) {
    using enum mm::Vicinity::Kind;
    const mm::Block* block = place.block;
    if (place.kind == padding) return runs_over(*block, address, size);
    if (place.kind == behind && address - block->end() < near) {
        return runs_over(*block, address, size);
    }
    if (place.kind == before && block->address - address <= near) {
        return error_at(
            ErrorCode::underflow, address, block,
            format_fixed<320>("{:#x} is {} byte{} in front of {} ({} bytes at {:#x})",
                              address.value, -place.offset, place.offset == -1 ? "" : "s",
                              title(*block).view(), block->layout.size, block->address.value)
                .view());
    }
    if (place.kind == freed) {
        return error_at(
            ErrorCode::use_after_free, address, block,
            format_fixed<320>("{:#x} is byte {} of {} ({} bytes at {:#x}), freed by command {}",
                              address.value, place.offset, title(*block).view(), block->layout.size,
                              block->address.value, block->freed_in)
                .view());
    }
    return error_at(ErrorCode::use_after_free, address, nullptr,
                    format_fixed<320>("{:#x} is free memory, in no block", address.value).view());
}

/// What is wrong with writing there, or nothing where all bytes are payload of one live block.
std::optional<Error> judge_write(const mm::Heap& heap, VirtAddr address, std::uint64_t size) {
    if (address < heap.start() || address >= heap.end()) {
        Error error =
            error_at(ErrorCode::bad_argument, address, nullptr,
                     format_fixed<320>("{:#x} is not in the heap ({:#x} to {:#x})", address.value,
                                       heap.start().value, heap.end().value)
                         .view());
        error.hint = FixedText<80>("--force writes there all the same");
        return error;
    }
    const mm::Vicinity place = mm::find_vicinity(heap.ledger(), address);
    if (place.kind != mm::Vicinity::Kind::payload) return misses_payload(place, address, size);
    const VirtAddr end = place.block->address + place.block->layout.size;
    if (size <= end - address) return std::nullopt;
    return runs_over(*place.block, end, size - (end - address));
}

/// Why bytes cannot be written there at all, or nothing.
std::optional<Error> find_obstacle(Platform& platform, VirtAddr address, std::uint64_t size) {
    const VirtAddr last = address + (size - 1);
    for (VirtAddr at = address;; at = VirtAddr{(at.value / page_size + 1) * page_size}) {
        switch (platform.access(at)) {
            case Access::none:
                return error_at(ErrorCode::unmapped, at, nullptr,
                                format_fixed<320>("no memory is mapped at {:#x}", at.value).view());
            case Access::read:
                return error_at(
                    ErrorCode::bad_argument, at, nullptr,
                    format_fixed<320>("the memory at {:#x} is read-only", at.value).view());
            case Access::write:
                break;
        }
        if (last.value / page_size == at.value / page_size) return std::nullopt;
    }
}

/// Judges a write, and answers for it if it must not be made.
std::expected<Written, Error> prepare(Context& context, VirtAddr address, std::uint64_t size,
                                      bool force) {
    Written written{.address = address, .size = size, .warning = {}};
    if (const auto obstacle = find_obstacle(context.platform, address, size)) {
        return std::unexpected(*obstacle);
    }
    if (const auto misses = judge_write(context.heap, address, size)) {
        if (!force) return std::unexpected(*misses);
        print(written.warning, "{}: {}", name(misses->code), misses->message.view());
    }
    return written;
}

}  // namespace

Reply poke(Context& context, const Arguments& arguments) {
    const auto address = parse_address(arguments[0]);
    if (!address) return address.error();
    const auto given = parse_bytes(arguments[1]);
    if (!given) return given.error();
    const auto written = prepare(context, *address, given->size, arguments.has_flag("--force"));
    if (!written) return written.error();
    context.platform.write_memory(*address, std::span(given->bytes).first(given->size));
    return *written;
}

Reply fill(Context& context, const Arguments& arguments) {
    const auto given = parse_bytes(arguments[1]);
    if (!given) return given.error();
    if (given->size != 1) {
        return bad_argument(
            format_fixed<160>("'{}' is more than one byte", arguments[1].substr(0, 40)).view());
    }
    const bool force = arguments.has_flag("--force");
    auto block = find_live_block(context.heap, arguments[0]);
    if (!block && force) {
        if (const auto any = find_block(context.heap, arguments[0])) block = any;
    }
    if (!block) {
        Error error = block.error();
        if (error.code == ErrorCode::double_free) error.code = ErrorCode::use_after_free;
        return error;
    }
    const VirtAddr address = (*block)->address;
    const std::size_t size = (*block)->layout.size;
    if (size == 0) return Written{.address = address, .size = 0, .warning = {}};
    const auto written = prepare(context, address, size, force);
    if (!written) return written.error();
    std::array<std::byte, 256> pattern;
    pattern.fill(given->bytes[0]);
    for (std::size_t done = 0; done < size; done += pattern.size()) {
        const std::size_t part = std::min(pattern.size(), size - done);
        context.platform.write_memory(address + done, std::span(pattern).first(part));
    }
    return *written;
}

}  // namespace heap44::shell::commands
