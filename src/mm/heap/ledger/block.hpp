// SPDX-License-Identifier: MIT
// What the ledger knows about one block.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lib/address.hpp"
#include "mm/heap/ledger/layout.hpp"

namespace heap44::mm {

/// A block's name: up to 31 characters, kept in place.
class BlockName {
public:
    static constexpr std::size_t max_size = 31;

    BlockName() = default;
    explicit BlockName(std::string_view text)
        : size_(static_cast<std::uint8_t>(text.copy(text_.data(), max_size))) {}

    [[nodiscard]] std::string_view view() const { return {text_.data(), size_}; }
    [[nodiscard]] bool empty() const { return size_ == 0; }

private:
    std::array<char, max_size> text_{};
    std::uint8_t size_ = 0;
};

/// One block, live or lately freed. Times are the numbers of the shell's commands. `caller` and
/// `freed_by` are code addresses. `size` and `align` of the layout are what was asked for;
/// `block_size` is what the design took for it.
struct Block {
    enum class State : std::uint8_t { unused, live, freed };
    /// Which form of `new` asked for it: only the same form of `delete` may give it back
    /// ([expr.delete]). `none` for what no `new` asked for.
    enum class Form : std::uint8_t { none, object, array };

    VirtAddr address;
    Layout layout{.size = 0};
    std::size_t block_size = 0;
    std::uint64_t number = 0;
    std::uint64_t caller = 0;
    std::uint64_t freed_by = 0;
    std::uint64_t allocated_in = 0;
    std::uint64_t freed_in = 0;
    BlockName name;
    State state = State::unused;
    Form form = Form::none;
    /// The command that resized it last, cut to what the records have room for.
    std::uint32_t resized_in = 0;

    // The ledger's own links to other records, by index.
    std::uint32_t next_in_queue = 0;
    std::uint32_t next_with_hash = 0;

    [[nodiscard]] bool is_live() const { return state == State::live; }
    [[nodiscard]] VirtAddr end() const { return address + block_size; }
};

}  // namespace heap44::mm
