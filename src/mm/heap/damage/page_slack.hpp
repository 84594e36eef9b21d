// SPDX-License-Identifier: MIT
// What a block in a window has on its pages beside its payload.
//
//     | f5 f5 f5 f5 f5 f5 [ payload ] f5 f5 |
//       its first page                        its last one ends here
//
// All of it should hold the pattern, and it holds nothing else. So it is compared with the pattern,
// and not with a copy: one of a whole window would be out of proportion.
#pragma once

#include <cstddef>
#include <span>

#include "lib/address.hpp"
#include "lib/align.hpp"
#include "lib/function_ref.hpp"
#include "mm/heap/damage/damage.hpp"
#include "mm/heap/damage/shadow.hpp"
#include "mm/heap/ledger/block.hpp"
#include "mm/heap/ledger/ledger.hpp"

namespace heap44::mm {

/// The pages that a block in a window has for itself, as bytes.
[[nodiscard]] inline AddressRange pages_of(const Block& block) {
    return {{align_down(block.address.value, page_size)},
            VirtAddr{align_up(block.end().value, page_size)} - 1};
}

/// Calls `visit(from, to)` for each part of the block's pages that is not its payload.
void for_each_slack(const Block& block, auto&& visit) {
    const AddressRange pages = pages_of(block);
    const VirtAddr behind = block.address + block.layout.size;
    if (pages.first < block.address) visit(pages.first, block.address);
    if (behind <= pages.last) visit(behind, pages.last + 1);
}

/// Gives all of it the pattern.
void fill_slack(const Block& block);

/// Calls `visit(Damage)` for each piece of it that was changed.
void for_each_slack_damage(const Ledger& ledger, const Block& block,
                           FunctionRef<void(const Damage&)> visit);

/// Turns the pattern into zeros, and zeros into the pattern, in what `bytes` have of a live block's
/// slack: these are the bytes, or a copy of them, of pages from `start` on that one block has. Done
/// twice, it has changed nothing. So a page that holds nothing but zeros and the pattern can be
/// kept as zeros.
void flip_slack(const Ledger& ledger, VirtAddr start, std::span<std::byte> bytes);

}  // namespace heap44::mm
