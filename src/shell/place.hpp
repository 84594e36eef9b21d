// SPDX-License-Identifier: MIT
// What stands at an address, in words: a block, a hole, a stack, code, a page table, nothing.
#pragma once

#include <optional>
#include <string_view>

#include "lib/address.hpp"
#include "mm/heap/heap.hpp"
#include "shell/machine.hpp"
#include "shell/reply.hpp"

namespace heap44::shell {

/// Whether an address lies in the heap or in the page in front of it or behind it.
[[nodiscard]] bool is_near(const mm::Heap& heap, VirtAddr address);

/// "guard page before the heap": which guard page holds the address, named after what it guards,
/// the region above it or else the one below.
void write_guard(Output& output, const Machine& machine, VirtAddr address);

/// The hole that holds the address; nothing where none does. Walks over the holes.
[[nodiscard]] std::optional<mm::Hole> hole_around(const mm::Heap& heap, VirtAddr address);

/// A word that the design keeps in a hole.
struct HoleWord {
    std::string_view name;
    VirtAddr end;
};

/// The word to which a byte of the hole belongs; nothing where it is free memory.
[[nodiscard]] std::optional<HoleWord> word_at(const mm::Heap& heap, const mm::Hole& hole,
                                              VirtAddr address);

[[nodiscard]] Place find_place(const mm::Heap& heap, const Machine& machine, VirtAddr address);

}  // namespace heap44::shell
