// SPDX-License-Identifier: MIT
// One operation of `stress`.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mm/heap/ledger/layout.hpp"

namespace heap44::shell {

/// Blocks are known by the slot that they are kept in: an operation that finds its slot in the
/// wrong state does nothing, so any part of a sequence is a sequence. It is a plain value, so that
/// the shortening of a sequence can copy, leave out and change operations.
struct StressOperation {
    enum class Kind : std::uint8_t { allocate, allocate_zeroed, reallocate, deallocate };
    std::uint64_t size = 0;
    /// The block's number when the sequence is run on an empty heap, as `#N` in a command; 0 if the
    /// operation did nothing.
    std::uint32_t number = 0;
    std::uint16_t slot = 0;
    Kind kind = Kind::allocate;
    // The alignment is 2 to the power of this: 0 to 12 in a byte.
    std::uint8_t align_shift = 0;

    [[nodiscard]] bool allocates() const {
        return kind == Kind::allocate || kind == Kind::allocate_zeroed;
    }
    [[nodiscard]] mm::Layout layout() const { return {size, std::size_t{1} << align_shift}; }
};

}  // namespace heap44::shell
