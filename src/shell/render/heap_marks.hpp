// SPDX-License-Identifier: MIT
// What each byte of a memory dump belongs to in the heap.
//
// `peek` shows bytes; this says what they are, byte by byte. Blocks are found in the ledger. Holes
// can only be found by a walk over all of them, so the next 64 in address order are kept: a dump of
// a large heap then takes few walks.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "lib/address.hpp"
#include "lib/text.hpp"
#include "mm/heap/designs/design.hpp"
#include "mm/heap/ledger/block.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

/// Bytes up to `end` that are of one kind, in words and in a colour (an ANSI sequence). Where
/// `is_poisoned` is set they should hold the pattern.
struct Mark {
    VirtAddr end;
    std::string_view colour;
    FixedText<96> label;
    bool is_poisoned = false;
};

/// Answers by address, quickest for addresses that ascend. The heap must not change meanwhile.
class HeapMarks {
public:
    explicit HeapMarks(const mm::Heap& heap);

    /// The mark of a byte: it holds up to `end`, so one question answers for many bytes. Without
    /// label and colour outside of the heap. Poisoned means that the pattern should be there.
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
