// SPDX-License-Identifier: MIT
// What each byte of a memory dump belongs to in the heap.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "lib/address.hpp"
#include "lib/text.hpp"
#include "mm/heap/heap.hpp"

namespace heap44::shell {

/// Bytes up to `end` that are of one kind, in words and in a colour (an ANSI sequence). Where
/// nothing is kept they should hold the poison.
struct Mark {
    VirtAddr end;
    std::string_view colour;
    FixedText<96> label;
    bool is_poisoned = false;
};

/// Answers by address, quickest for addresses that ascend. The heap must not change meanwhile.
class HeapMarks {
public:
    explicit HeapMarks(const mm::Heap& heap) : heap_(heap), known_to_(heap.start()) {}

    /// The mark of a byte; without label and colour outside of the heap.
    [[nodiscard]] Mark at(VirtAddr address);

private:
    [[nodiscard]] Mark in_block(const mm::Block& block, VirtAddr address) const;
    [[nodiscard]] Mark in_hole(const mm::Hole& hole, VirtAddr address) const;
    [[nodiscard]] const mm::Hole* hole_behind(VirtAddr address);
    void learn_holes(VirtAddr from);

    const mm::Heap& heap_;
    // The holes between two addresses, by address; a walk over all holes brings the next few.
    std::array<mm::Hole, 64> holes_;
    std::size_t hole_count_ = 0;
    bool list_is_broken_ = false;
    VirtAddr known_from_;
    VirtAddr known_to_;
};

}  // namespace heap44::shell
