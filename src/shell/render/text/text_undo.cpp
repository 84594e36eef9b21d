// SPDX-License-Identifier: MIT
// What undo, redo, snapshot, restore and diff answer, as text.
//
// A step is named by the line that made it: that is what a person remembers of it.

#include "mm/heap/history/trace.hpp"
#include "shell/render/text/text_renderer.hpp"

namespace heap44::shell {

/// What was taken back, and how much further one could go.
void TextRenderer::text(const StepsTaken& taken) {
    const std::string_view what = taken.forth ? "did again" : "took back";
    if (taken.steps == 1) {
        print(out_, "{}: {}\n", what, taken.command.view());
    } else {
        print(out_, "{} {} steps, the last of them: {}\n", what, taken.steps, taken.command.view());
    }
    print(out_, "{} more step{} can be {}\n", taken.remaining, plural(taken.remaining),
          taken.forth ? "done again" : "undone");
    // Somebody who wants to go back further has to know that it is not possible.
    if (!taken.forth && taken.forgotten > 0) {
        print(out_, "{} older one{} forgotten: the journal holds {} KiB\n", taken.forgotten,
              taken.forgotten == 1 ? " is" : "s are", taken.capacity / 1024);
    }
}

void TextRenderer::text(const SnapshotUsed& used) {
    print(out_, "{} '{}': {} live block{}\n", used.restored ? "back at snapshot" : "snapshot",
          used.name.view(), used.live, plural(used.live));
}

/// A line for each block and hole, as `diff` of Unix shows lines: `-` for what is gone, `+` for
/// what came. The size of a block is what was asked for; the holes beside it tell what it takes.
void TextRenderer::part(const BlockDifference& difference) {
    if (!listing_.goes_on()) return;
    const mm::Block& block = difference.block;
    print(out_, "{} block {:#014x} {:>9} byte{:<1}  ", difference.added ? '+' : '-',
          block.address.value, block.layout.size, plural(block.layout.size));
    label(block);
    out_.write("\n");
}

void TextRenderer::part(const HoleDifference& difference) {
    if (!listing_.goes_on()) return;
    print(out_, "{} hole  {:#014x} {:>9} bytes\n", difference.added ? '+' : '-',
          difference.address.value, difference.size);
}

/// Blocks and holes may be the same while bytes differ: a payload was written to.
void TextRenderer::text(const Difference& difference) {
    listing_.close(out_, "line");
    if (difference.items == 0) out_.write("the same blocks and holes\n");
    print(out_, "{} byte{} of the heap changed\n", difference.bytes, plural(difference.bytes));
}

}  // namespace heap44::shell
