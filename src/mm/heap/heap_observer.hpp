// SPDX-License-Identifier: MIT
// What somebody who watches a heap is told: each change, once it has happened.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "mm/heap/block.hpp"
#include "mm/heap/policy.hpp"

namespace heap44::mm {

/// One change of a heap. Allocations that failed or were taken back never happened.
struct HeapEvent {
    enum class Kind : std::uint8_t {
        allocate,
        free,
        reallocate,
        name,      ///< the block was given its name
        reset,     ///< the heap was emptied, perhaps for another design or policy
        set_back,  ///< the heap became what it had been at some other time
    };
    Kind kind;
    /// The block as it is after the change (freed, it still says who had allocated it); none for
    /// the last two kinds.
    std::optional<Block> block;
    std::uint64_t caller = 0;
    /// The number of the command under way.
    std::uint64_t command = 0;
    /// Whether the block was filled with zeros.
    bool zeroed = false;
    /// What the heap has been since a reset.
    std::string_view design;
    std::optional<Policy> policy;
};

class HeapObserver {
public:
    virtual void note(const HeapEvent& event) = 0;

protected:
    ~HeapObserver() = default;
};

}  // namespace heap44::mm
