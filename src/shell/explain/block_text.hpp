// SPDX-License-Identifier: MIT
// Blocks in words, and where an address lies as seen from one.
//
// Errors, reports and `where` all speak of blocks, and speak alike because their words are made
// here. A distance is counted from the bytes that were asked for, not from the block with its
// padding: that is what the program's author has in mind.
#pragma once

#include <cstdint>

#include "lib/address.hpp"
#include "lib/text.hpp"
#include "mm/heap/ledger/block.hpp"
#include "mm/heap/ledger/vicinity.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

/// `#3 "vec"`.
[[nodiscard]] FixedText<64> title(const mm::Block& block);

/// `#3 "vec" (64 bytes at 0x444444440000)`.
[[nodiscard]] FixedText<128> label(const mm::Block& block);

/// `byte 4 of `, `right behind `, `8 bytes past `, `8 bytes in front of `: as seen from the bytes
/// that were asked for, of which the first is byte 0.
void write_distance(Output& output, const mm::Block& block, std::int64_t offset);

/// `8 bytes past #3 "vec" (freed)`.
void write_place(Output& output, const mm::Block& block, std::int64_t offset);

/// `; 8 bytes past #3 "vec" (64 bytes at 0x444444440000)`, and when it came and went if it is
/// freed; nothing where no block is known.
void write_nearest(Output& output, const mm::Heap& heap, VirtAddr address);

/// The block that an address has most to do with.
[[nodiscard]] mm::Vicinity find_nearest(const mm::Heap& heap, VirtAddr address);

/// Notes the block that an address has most to do with in a Report, an Error or an AddressInfo, and
/// where the address lies from its start. Notes nothing where no block is near.
void note_nearest(auto& about, const mm::Heap& heap, VirtAddr address) {
    const mm::Vicinity near = find_nearest(heap, address);
    if (near.block == nullptr) return;
    about.block = *near.block;
    about.offset = near.offset;
}

}  // namespace heap44::shell
