// SPDX-License-Identifier: MIT
// From words to values: sizes, counts, addresses, names, blocks. Each error names the word.
//
// Each function reads one word, and changes nothing. What comes back is the value or the Error that
// the command answers, ready to be shown: the message quotes the word and says what would do
// instead.
#pragma once

#include <cstdint>
#include <expected>
#include <limits>
#include <string_view>
#include <utility>

#include "lib/address.hpp"
#include "mm/heap/ledger/block.hpp"
#include "shell/answer/reply.hpp"
#include "shell/input/parser.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

/// Either the value, or why there is none.
template <class T>
using Parsed = std::expected<T, Error>;

/// A whole number: decimal or `0x…`, with K, KiB, M, MiB, G or GiB behind it (powers of 1,024).
[[nodiscard]] Parsed<std::uint64_t> parse_size(std::string_view what, std::string_view word);

/// As parse_size, but 1 or more, and `most` at most.
[[nodiscard]] Parsed<std::uint64_t> parse_count(
    std::string_view what, std::string_view word,
    std::uint64_t most = std::numeric_limits<std::uint64_t>::max());

/// The option `seed`; without it always the same one, so that an exercise comes out the same for
/// all who type the same line.
[[nodiscard]] Parsed<std::uint64_t> parse_seed(const Arguments& arguments);

/// A power of two.
[[nodiscard]] Parsed<std::uint64_t> parse_alignment(std::string_view word);

/// Hexadecimal with `0x`; underscores between digits are allowed.
[[nodiscard]] Parsed<VirtAddr> parse_address(std::string_view word);

/// `[A-Za-z_][A-Za-z0-9_-]*`, up to 31 characters, not all, odd or even.
[[nodiscard]] Parsed<std::string_view> parse_name(std::string_view word);

/// `on` or `off`.
[[nodiscard]] Parsed<bool> parse_switch(std::string_view word);

/// The block that `#N`, a name or an address stands for, live or freed; an address anywhere inside
/// a live block will do. For commands that only look. The pointer is valid until the heap changes.
[[nodiscard]] Parsed<const mm::Block*> find_block(const mm::Heap& heap, std::string_view word);

/// An address, and how many bytes of a block's payload begin there: 0 outside of all payloads.
struct HeapPlace {
    VirtAddr address;
    std::uint64_t left;
};

/// `BLOCK` or `BLOCK+N`: N bytes behind a block's start, live or freed. An address need not be in a
/// block.
[[nodiscard]] Parsed<HeapPlace> parse_place(const mm::Heap& heap, std::string_view word);

/// The live block that a word stands for, judged as `free` judges: first whether the number or the
/// name exists, or the address lies in the heap; then whether the block is live (else
/// `double-free`); then whether the address is the block's start (else `interior-free` or
/// `invalid-free`).
[[nodiscard]] Parsed<const mm::Block*> find_live_block(const mm::Heap& heap, std::string_view word);

template <class... Arguments>
[[nodiscard]] Error bad_argument(std::format_string<Arguments...> format,
                                 Arguments&&... arguments) {
    return refusal(ErrorCode::bad_argument, format, std::forward<Arguments>(arguments)...);
}

/// An Error that says that no memory is mapped there.
[[nodiscard]] Error unmapped(VirtAddr address);

}  // namespace heap44::shell
