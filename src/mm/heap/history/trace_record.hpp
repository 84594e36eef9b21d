// SPDX-License-Identifier: MIT
// One line of a trace.
#pragma once

#include <cstdint>
#include <optional>

#include "lib/address.hpp"
#include "mm/heap/designs/parts/guard_side.hpp"
#include "mm/heap/designs/parts/policy.hpp"
#include "mm/heap/heap_observer.hpp"
#include "mm/heap/ledger/block.hpp"
#include "mm/heap/ledger/layout.hpp"

namespace heap44::mm {

/// One change. Blocks have the numbers that they get where the same is done from an empty heap.
struct TraceRecord {
    HeapEvent::Kind kind;
    bool zeroed = false;
    /// After a reset, where the design in use has them.
    std::optional<Policy> policy;
    std::optional<GuardSide> guard;
    /// 0 for a block that was live before the trace began.
    std::uint64_t number = 0;
    Layout layout{.size = 0};
    VirtAddr address;
    std::uint64_t caller = 0;
    std::uint64_t command = 0;
    /// The block's name, or after a reset the design's.
    BlockName name;
};

}  // namespace heap44::mm
