// SPDX-License-Identifier: MIT
// What the last typed command did to the heap, place by place: blocks added, freed, resized.
#pragma once

#include <algorithm>
#include <cstdint>

#include "lib/address.hpp"
#include "mm/heap/heap.hpp"

namespace heap44::mm {

/// Asked about ranges in address order, it looks at each of the ledger's granules once: the
/// position moves on with the questions. A changed block that reaches into later ranges is
/// remembered by its end.
class Changes {
public:
    explicit Changes(const Heap& heap)
        : ledger_(heap.ledger()),
          since_(heap.changed_since()),
          end_(heap.end()),
          position_(heap.start()) {}

    /// Whether anything changed from `from` up to `end`; neither lies before an earlier question's.
    /// Behind the heap nothing has: the last row of a map may reach beyond it.
    bool any_in(VirtAddr from, VirtAddr end) {
        bool any = changed_until_ > from;
        for (; position_ < std::min(end, end_); position_ += ledger_.granule()) {
            const Block* block = ledger_.latest_start(position_);
            if (block == nullptr || !is_changed(*block)) continue;
            changed_until_ = std::max(changed_until_, block->end());
            any = true;
        }
        return any;
    }

private:
    [[nodiscard]] bool is_changed(const Block& block) const {
        if (since_ == 0) return false;
        if (!block.is_live()) return block.freed_in >= since_;
        // Records have 32 bits for this number, so both sides are cut alike.
        const auto cut = static_cast<std::uint32_t>(since_);
        return block.allocated_in >= since_ || (block.resized_in != 0 && block.resized_in >= cut);
    }

    const Ledger& ledger_;
    std::uint64_t since_;
    VirtAddr end_;
    VirtAddr position_;
    VirtAddr changed_until_;
};

}  // namespace heap44::mm
