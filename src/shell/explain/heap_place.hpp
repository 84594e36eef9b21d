// SPDX-License-Identifier: MIT
// Places an address among the blocks of a heap that has unmapped pages.
//
// Only guard-page has such a heap: each block lies on pages of its own with a guard page beside it,
// so an overflow, or an underflow, touches a page that is not mapped. The page alone then tells
// which block it belongs to.
#pragma once

#include <cstdint>
#include <optional>

#include "lib/address.hpp"
#include "lib/text.hpp"
#include "mm/heap/ledger/block.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

/// Where the heap is a window and `address` lies in it: notes the nearest block and the offset from
/// its start, and appends their description to `output`, as in `8 bytes past #3 "vec", in its
/// guard page`. Else false, and nothing is written.
bool place_in_window(std::optional<mm::Block>& block, std::int64_t& offset, Output& output,
                     const mm::Heap& heap, VirtAddr address);

/// The same for what has a `block` and an `offset`: a Report, an AddressInfo.
bool place_in_window(auto& about, Output& output, const mm::Heap& heap, VirtAddr address) {
    return place_in_window(about.block, about.offset, output, heap, address);
}

}  // namespace heap44::shell
