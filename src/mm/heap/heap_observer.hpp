// SPDX-License-Identifier: MIT
// What somebody who watches a heap is told: each change, once it has happened, and each failure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "lib/address.hpp"
#include "mm/heap/designs/parts/guard_side.hpp"
#include "mm/heap/designs/parts/policy.hpp"
#include "mm/heap/ledger/block.hpp"
#include "mm/heap/ledger/layout.hpp"

namespace heap44::mm {

class Heap;

/// Where a resized block was, and the size that it had been asked for with.
struct Origin {
    VirtAddr address;
    std::size_t size;

    friend bool operator==(const Origin&, const Origin&) = default;
};

/// A request that was not granted.
struct Failure {
    enum class Reason : std::uint8_t {
        no_hole,    ///< no hole that the design lists has so many bytes
        failafter,  ///< it was to fail, by order
        design,     ///< there is such a hole, but not for this request
        no_record,  ///< the ledger has none for another block
        no_memory,  ///< the design has the addresses, and the machine nothing to map there
    };
    Reason reason;
    /// What was asked for; of `count` blocks at once none was given.
    Layout layout;
    std::size_t count;

    friend bool operator==(const Failure&, const Failure&) = default;
};

/// The reason as programs read it: `no-hole`, `failafter`, or `design` for all others.
[[nodiscard]] constexpr std::string_view name(Failure::Reason reason) {
    if (reason == Failure::Reason::no_hole) return "no-hole";
    return reason == Failure::Reason::failafter ? "failafter" : "design";
}

/// One change of a heap, or a failure, which changes nothing. Allocations that were taken back at
/// once (those of a `count` that did not fit) never happened.
struct HeapEvent {
    enum class Kind : std::uint8_t {
        allocate,
        free,
        reallocate,
        name,      ///< the block was given its name
        reset,     ///< the heap was emptied, perhaps for another design or policy
        set_back,  ///< the heap became what it had been at some other time
        fail,      ///< a request was not granted
    };
    Kind kind;
    /// A copy of the block as it is after the change (freed, it still says who had allocated it);
    /// none with `reset`, `set_back`, nor with `fail` unless this one was to be resized.
    std::optional<Block> block;
    /// With `reallocate`: whether it moved shows.
    std::optional<Origin> from;
    /// With `fail`.
    std::optional<Failure> failure;
    std::uint64_t caller = 0;
    /// The number of the command under way.
    std::uint64_t command = 0;
    /// Whether the block was filled with zeros.
    bool zeroed = false;
    /// What the heap has been since a reset.
    std::string_view design;
    std::optional<Policy> policy;
    std::optional<GuardSide> guard;
};

/// It is told while the heap's lock is free, so it may use the heap, too; the blocks of others it
/// has to leave alone. What it does there is told to all at once, to itself as well, and before
/// those who were added after it hear of what it was told. It watches one heap at a time.
class HeapObserver {
public:
    HeapObserver() = default;
    HeapObserver(const HeapObserver&) = delete;
    HeapObserver& operator=(const HeapObserver&) = delete;

    virtual void note(const HeapEvent& event) = 0;
    /// A typed command is over, and taken back if it was refused: the moment to see what it has
    /// made of the holes (`HoleChanges`).
    virtual void command_ended(const Heap& /*heap*/) {}

protected:
    ~HeapObserver() = default;

private:
    friend class Observers;
    HeapObserver* next_ = nullptr;
    std::uint64_t number_ = 0;
};

}  // namespace heap44::mm
