// SPDX-License-Identifier: MIT
#include "shell/answer/values.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <limits>

#include "lib/address_plan.hpp"
#include "mm/heap/heap.hpp"
#include "shell/explain/block_text.hpp"
#include "shell/input/utf8.hpp"
#include "shell/input/words.hpp"

namespace heap44::shell {

namespace {

struct Unit {
    std::string_view suffix;
    std::uint64_t factor;
};
constexpr std::array<Unit, 7> units{{{"", 1},
                                     {"K", 1ULL << 10},
                                     {"KiB", 1ULL << 10},
                                     {"M", 1ULL << 20},
                                     {"MiB", 1ULL << 20},
                                     {"G", 1ULL << 30},
                                     {"GiB", 1ULL << 30}}};

// The functions below make the errors. Each names the block that comes into question, so that the
// reader sees what it was taken for.
Error no_such_block(std::string_view word) {
    return refusal(ErrorCode::no_such_block, "there was never a block {}", shown(word));
}

Error already_freed(const mm::Block& block, const mm::Heap& heap) {
    Error error{.code = ErrorCode::double_free,
                .message = format_fixed<320>(
                    "{:#x} was block {} ({} byte{}), allocated in command {} and freed already, in "
                    "command {}",
                    block.address.value, title(block).view(), block.layout.size,
                    plural(block.layout.size), block.allocated_in, block.freed_in),
                .address = block.address,
                .block = block,
                .offset = 0};
    if (const mm::Block* heir = heap.ledger().live_at(block.address)) {
        error.also = OtherBlock{.code = {}, .block = *heir, .offset = 0};
    }
    return error;
}

/// The ledger keeps the freed blocks of a while; of older ones it still knows that they were
/// numbered.
Error forgotten_block(std::uint64_t number) {
    return refusal(ErrorCode::double_free,
                   "block #{} was freed, so long ago that nothing else is "
                   "remembered of it",
                   number);
}

Error interior(VirtAddr address, const mm::Block& block) {
    return {.code = ErrorCode::interior_free,
            .message = format_fixed<320>(
                "{:#x} is {} byte{} inside block #{}, which starts at {:#x} and takes {} bytes",
                address.value, address - block.address, plural(address - block.address),
                block.number, block.address.value, block.block_size),
            .address = address,
            .block = block,
            .offset = static_cast<std::int64_t>(address - block.address)};
}

/// An address that is no block's start, told from the nearest one.
Error no_start(ErrorCode code, FixedText<320> message, VirtAddr address, const mm::Heap& heap) {
    write_nearest(message, heap, address);
    Error error{.code = code, .message = message, .address = address};
    note_nearest(error, heap, address);
    return error;
}

Error outside(VirtAddr address, const mm::Heap& heap) {
    return no_start(ErrorCode::foreign_free,
                    format_fixed<320>("{:#x} is not in the heap ({:#x} to {:#x})", address.value,
                                      heap.start().value, heap.end().value),
                    address, heap);
}

Error never_a_block(VirtAddr address, const mm::Heap& heap) {
    return no_start(
        ErrorCode::invalid_free,
        format_fixed<320>("{:#x} is in the heap, but no block starts there", address.value),
        address, heap);
}

Parsed<const mm::Block*> by_number(const mm::Heap& heap, std::string_view word) {
    const auto number = parse_size("block", word.substr(1));
    if (!number) {
        return std::unexpected(
            bad_argument("'{}' is no block number; one looks like #3", shown(word)));
    }
    const mm::Ledger& ledger = heap.ledger();
    if (*number == 0 || *number > ledger.last_number()) {
        return std::unexpected(no_such_block(word));
    }
    const mm::Block* block = ledger.with_number(*number);
    if (block == nullptr) return std::unexpected(forgotten_block(*number));
    return block;
}

Parsed<const mm::Block*> by_name(const mm::Heap& heap, std::string_view word) {
    if (const auto name = parse_name(word); !name) {
        return std::unexpected(
            bad_argument("'{}' is no block: give #N, a name, or an address 0x…", shown(word)));
    }
    const mm::Block* block = heap.ledger().with_name(word);
    if (block == nullptr) return std::unexpected(no_such_block(word));
    return block;
}

bool looks_like_address(std::string_view word) {
    return word.starts_with("0x") || word.starts_with("0X");
}

}  // namespace

Error unmapped(VirtAddr address) {
    Error error = refusal(ErrorCode::unmapped, "no memory is mapped at {:#x}", address.value);
    error.address = address;
    return error;
}

Parsed<std::uint64_t> parse_size(std::string_view what, std::string_view word) {
    const auto refuse = [&](std::string_view why) {
        return std::unexpected(bad_argument("{} '{}' {}", what, shown(word), why));
    };
    if (word.starts_with('-') && word.size() > 1) return refuse("is negative");
    const bool hex = looks_like_address(word);
    const std::string_view digits = hex ? word.substr(2) : word;
    std::uint64_t number = 0;
    const char* end = digits.data() + digits.size();
    // from_chars stops at the first character that is no digit; what follows must be a unit.
    const auto [stopped, problem] = std::from_chars(digits.data(), end, number, hex ? 16 : 10);
    if (problem == std::errc::result_out_of_range) return refuse("does not fit into 64 bits");
    const auto unit = std::ranges::find(units, std::string_view(stopped, end), &Unit::suffix);
    if (problem != std::errc{} || unit == units.end()) {
        return refuse("is no number like 64, 0x40 or 4K");
    }
    // The division, since the product could wrap.
    if (number > std::numeric_limits<std::uint64_t>::max() / unit->factor) {
        return refuse("does not fit into 64 bits");
    }
    return number * unit->factor;
}

Parsed<std::uint64_t> parse_count(std::string_view what, std::string_view word,
                                  std::uint64_t most) {
    auto count = parse_size(what, word);
    if (count && *count == 0) {
        return std::unexpected(bad_argument("{} is 0; it must be 1 or more", what));
    }
    if (count && *count > most) {
        return std::unexpected(bad_argument("{} {} is more than {}", what, *count, most));
    }
    return count;
}

Parsed<std::uint64_t> parse_seed(const Arguments& arguments) {
    const auto* word = arguments.option("seed");
    return word == nullptr ? Parsed<std::uint64_t>(44) : parse_size("seed", *word);
}

Parsed<std::uint64_t> parse_alignment(std::string_view word) {
    auto alignment = parse_size("alignment", word);
    if (alignment && !std::has_single_bit(*alignment)) {
        return std::unexpected(
            bad_argument("alignment {} is no power of two, like 8, 16 or 4096", *alignment));
    }
    return alignment;
}

Parsed<VirtAddr> parse_address(std::string_view word) {
    const auto refuse = [&] {
        return std::unexpected(
            bad_argument("'{}' is no address like {:#x}", shown(word), heap_start.value));
    };
    if (!looks_like_address(word)) return refuse();
    // from_chars knows no underscores, so the digits are copied without them.
    FixedText<16> digits;
    std::string_view rest = word.substr(2);
    // Leading zeros say nothing; without them a 64-bit address has 16 digits at most.
    while (rest.size() > 1 && (rest.front() == '0' || rest.front() == '_')) rest.remove_prefix(1);
    std::size_t count = 0;
    for (const char& digit : rest) {
        if (digit == '_') continue;
        if (++count > 16) return refuse();
        digits.write({&digit, 1});
    }
    std::uint64_t value = 0;
    const char* end = digits.view().data() + digits.view().size();
    const auto [stopped, problem] = std::from_chars(digits.view().data(), end, value, 16);
    if (problem != std::errc{} || stopped != end || word.ends_with('_')) return refuse();
    return VirtAddr{value};
}

Parsed<std::string_view> parse_name(std::string_view word) {
    const auto refuse = [&](std::string_view why) {
        return std::unexpected(bad_argument("name '{}' {}", shown(word), why));
    };
    if (word.size() > mm::BlockName::max_size) return refuse("is longer than 31 characters");
    if (!is_name(word)) return refuse("must be letters, digits, _ and -, a letter or _ first");
    if (word == "all" || word == "odd" || word == "even") return refuse("means several blocks");
    return word;
}

Parsed<bool> parse_switch(std::string_view word) {
    if (word == "on" || word == "off") return word == "on";
    return std::unexpected(bad_argument("'{}' is neither on nor off", shown(word)));
}

Parsed<const mm::Block*> find_block(const mm::Heap& heap, std::string_view word) {
    if (word.starts_with('#')) return by_number(heap, word);
    if (!looks_like_address(word)) return by_name(heap, word);
    const auto address = parse_address(word);
    if (!address) return std::unexpected(address.error());
    const mm::Verdict verdict = heap.ledger().judge(*address);
    if (verdict.block != nullptr) return verdict.block;
    Error error = verdict.kind == mm::Verdict::Kind::foreign_free ? outside(*address, heap)
                                                                  : never_a_block(*address, heap);
    error.code = ErrorCode::no_such_block;
    return std::unexpected(error);
}

Parsed<HeapPlace> parse_place(const mm::Heap& heap, std::string_view word) {
    const std::size_t plus = std::min(word.find('+'), word.size());
    const std::string_view base = word.substr(0, plus);
    std::uint64_t offset = 0;
    if (plus < word.size()) {
        const auto given = parse_size("offset", word.substr(plus + 1));
        if (!given) return std::unexpected(given.error());
        offset = *given;
    }
    VirtAddr start{};
    const mm::Block* block = nullptr;
    if (looks_like_address(base)) {
        const auto address = parse_address(base);
        if (!address) return std::unexpected(address.error());
        start = *address;
        block = heap.ledger().live_around(start);
    } else {
        const auto found = find_block(heap, base);
        if (!found) return std::unexpected(found.error());
        block = *found;
        start = block->address;
    }
    if (offset > ~start.value) {
        return std::unexpected(bad_argument("'{}' is beyond the last address", shown(word)));
    }
    const VirtAddr place = start + offset;
    const std::uint64_t inside = block != nullptr ? place - block->address : 0;
    const std::uint64_t size = block != nullptr ? block->layout.size : 0;
    return HeapPlace{place, inside < size ? size - inside : 0};
}

Parsed<const mm::Block*> find_live_block(const mm::Heap& heap, std::string_view word) {
    if (!looks_like_address(word)) {
        auto block = word.starts_with('#') ? by_number(heap, word) : by_name(heap, word);
        if (block && !(*block)->is_live()) return std::unexpected(already_freed(**block, heap));
        return block;
    }
    const auto address = parse_address(word);
    if (!address) return std::unexpected(address.error());
    const mm::Verdict verdict = heap.ledger().judge(*address);
    switch (verdict.kind) {
        case mm::Verdict::Kind::live:
            break;
        case mm::Verdict::Kind::foreign_free:
            return std::unexpected(outside(*address, heap));
        case mm::Verdict::Kind::double_free:
            return std::unexpected(already_freed(*verdict.block, heap));
        case mm::Verdict::Kind::interior_free:
            return std::unexpected(interior(*address, *verdict.block));
        case mm::Verdict::Kind::invalid_free:
            return std::unexpected(never_a_block(*address, heap));
    }
    return verdict.block;
}

}  // namespace heap44::shell
