// SPDX-License-Identifier: MIT
// Judges an access of the program's to the heap before it happens: what a sanitizer asks the
// ledger.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "lib/address.hpp"
#include "mm/heap/damage/damage.hpp"
#include "mm/heap/ledger/block.hpp"
#include "mm/heap/ledger/ledger.hpp"

namespace heap44::mm {

/// Why an access must not happen, and the block that it has most to do with.
struct AccessFault {
    using Kind = Damage::Kind;
    Kind kind;
    /// Null where no block is near.
    const Block* block = nullptr;
    /// From the block's start to the first byte of the access.
    std::int64_t offset = 0;
    /// Who might be to blame as well.
    std::optional<Damage::Other> also;
};

/// Nothing where the `size` bytes at `address` are all in one live block's payload, or none is in
/// the heap. An access that begins or ends in a payload is that block's overflow or underflow,
/// whatever lies beside the block. Else freed memory is named before the blocks next to it.
[[nodiscard]] std::optional<AccessFault> judge_access(const Ledger& ledger, VirtAddr address,
                                                      std::size_t size);

}  // namespace heap44::mm
