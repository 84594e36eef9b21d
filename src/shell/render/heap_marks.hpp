// SPDX-License-Identifier: MIT
// What each byte of a memory dump belongs to in the heap.
#pragma once

#include <string_view>

#include "lib/address.hpp"
#include "lib/text.hpp"
#include "mm/heap/heap.hpp"
#include "shell/platform.hpp"

namespace heap44::shell {

/// Bytes up to `end` that are of one kind, in words and in a colour (an ANSI sequence).
struct Mark {
    VirtAddr end;
    std::string_view colour;
    FixedText<64> label;
};

/// Answers by address. The heap must not change meanwhile, nor its holes be walked.
class HeapMarks {
public:
    HeapMarks(const mm::Heap& heap, Platform& platform);

    /// The mark of a byte; without label and colour outside of the heap.
    [[nodiscard]] Mark at(VirtAddr address) const;

private:
    [[nodiscard]] Mark in_block(const mm::Block& block, VirtAddr address) const;
    [[nodiscard]] Mark in_hole(VirtAddr hole, VirtAddr address) const;

    const mm::Heap& heap_;
    Platform& platform_;
};

}  // namespace heap44::shell
