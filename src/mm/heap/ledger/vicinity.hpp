// SPDX-License-Identifier: MIT
// Where an address lies as seen from the blocks: in one, in what was one, or how far beside one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "lib/address.hpp"
#include "mm/heap/ledger/block.hpp"
#include "mm/heap/ledger/ledger.hpp"

namespace heap44::mm {

/// The block that an address has most to do with.
struct Vicinity {
    enum class Kind : std::uint8_t {
        payload,  ///< among the bytes that a live block was asked for
        padding,  ///< behind those, but in the block
        freed,    ///< in no live block, in one that is remembered as freed
        behind,   ///< behind a block's end, and no other is nearer
        before,   ///< in front of a block's start, and no other is nearer
        nowhere,  ///< in no block's neighbourhood
    };
    Kind kind = Kind::nowhere;
    /// Null for `nowhere`, else live or freed.
    const Block* block = nullptr;
    /// From the block's start: negative for `before`.
    std::int64_t offset = 0;
};

/// So many bytes on either side of a live block are its neighbourhood. Farther away there is
/// nothing that the block could tell.
inline constexpr std::size_t neighbourhood = 256;

/// Live blocks before freed ones, of several freed ones the one that was freed last; then the
/// nearest live block in whose neighbourhood the address is. Looks through all remembered blocks:
/// for reports, not for each operation.
[[nodiscard]] Vicinity find_vicinity(const Ledger& ledger, VirtAddr address);

/// Whether the place is behind a block or before it, and so near that whoever wrote there may have
/// run over its edge: 16 bytes.
[[nodiscard]] bool is_over_the_edge(const Vicinity& place);

}  // namespace heap44::mm
