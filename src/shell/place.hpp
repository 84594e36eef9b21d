// SPDX-License-Identifier: MIT
// What stands at an address, in words: a block, a hole, a stack, code, a page table, nothing.
#pragma once

#include <cstddef>
#include <optional>

#include "lib/address.hpp"
#include "lib/text.hpp"
#include "mm/heap/heap.hpp"
#include "mm/heap/vicinity.hpp"
#include "shell/platform.hpp"
#include "shell/reply.hpp"

namespace heap44::shell {

/// `#3 "vec"`.
[[nodiscard]] FixedText<48> title(const mm::Block& block);

/// Where an address lies as seen from the nearest block: `byte 4 of #3 "vec"`, `8 bytes past #3`.
void write_vicinity(Output& output, const mm::Vicinity& place);

/// Whether an address lies in the heap or in the page in front of it or behind it.
[[nodiscard]] bool is_near(const mm::Heap& heap, VirtAddr address);

/// The hole that holds the address; nothing where none does. Walks over the holes.
[[nodiscard]] std::optional<mm::Hole> hole_around(const mm::Heap& heap, VirtAddr address);

/// How many bytes at its start a hole holds the words `size` and `next` in, each of 8 bytes; 0
/// where what stands there is not its size.
[[nodiscard]] std::size_t hole_words(Platform& platform, VirtAddr hole, std::size_t size);

[[nodiscard]] Place find_place(const mm::Heap& heap, Platform& platform, VirtAddr address);

}  // namespace heap44::shell
