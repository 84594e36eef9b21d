// SPDX-License-Identifier: MIT
// Those who watch a heap, in the order in which they came.
#pragma once

#include <cstdint>

#include "mm/heap/heap_observer.hpp"

namespace heap44::mm {

/// A list through the observers themselves, so that watching needs no memory. While they are told,
/// each may be added or removed: the next to be told is looked for by its number, not remembered.
class Observers {
public:
    [[nodiscard]] bool any() const { return first_ != nullptr; }
    /// Adding one that is there, or removing one that is not, does nothing.
    void add(HeapObserver& observer);
    void remove(HeapObserver& observer);

    void tell(const HeapEvent& event);
    void end_command(const Heap& heap);
    /// How many changes were told so far; failures are none.
    [[nodiscard]] std::uint64_t changes_told() const { return changes_told_; }

private:
    /// The pointer that leads to this observer, or the one at the end.
    HeapObserver*& link_to(const HeapObserver* observer);
    void for_each(auto&& tell);

    HeapObserver* first_ = nullptr;
    // The number of the newest: they grow along the list.
    std::uint64_t newest_ = 0;
    std::uint64_t changes_told_ = 0;
};

}  // namespace heap44::mm
