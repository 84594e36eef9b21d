// SPDX-License-Identifier: MIT
// The list of `ops`: `+10,+20,-0` allocates 10 bytes, then 20, then frees the first of them.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "mm/heap/heap.hpp"
#include "shell/reply.hpp"

namespace heap44::shell {

/// One operation of a list.
struct Operation {
    std::string_view text;
    bool frees;
    /// The size in bytes, or which of the list's allocations is freed, from 0.
    std::uint64_t value;
};

/// Cuts the first operation off the list; an Error that names it where it is none.
[[nodiscard]] std::expected<Operation, Error> next_operation(std::string_view& list);

/// Whether every operation of the list is one, and frees only what the list has allocated before
/// and not freed yet.
[[nodiscard]] std::expected<void, Error> check_operations(std::string_view list);

/// Carries the list out on the heap and calls `show(Operation, const Block*)` after each. The block
/// is null where an allocation failed, or where what failed is freed. The list was checked.
void run_operations(std::string_view list, mm::Heap& heap, std::uint64_t caller, auto&& show) {
    // The list's allocations, by number; a line has room for half as many.
    std::array<std::uint64_t, max_words> numbers{};
    std::size_t allocated = 0;
    while (const auto operation = next_operation(list)) {
        const mm::Block* block = nullptr;
        if (operation->frees) {
            block = heap.ledger().with_number(numbers[operation->value]);
            if (block != nullptr) heap.free(*block, caller);
        } else {
            block = heap.allocate({.size = operation->value}, caller);
            numbers[allocated++] = block == nullptr ? 0 : block->number;
        }
        show(*operation, block);
        if (list.empty()) return;
    }
}

}  // namespace heap44::shell
