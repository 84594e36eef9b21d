// SPDX-License-Identifier: MIT
// What undo, redo, snapshot, restore and diff answer, as text.
#include "shell/render/text/text_renderer.hpp"

namespace heap44::shell {

void TextRenderer::text(const StepsTaken& taken) {
    const std::string_view what = taken.forth ? "did again" : "took back";
    if (taken.steps == 1) {
        print(out_, "{}: {}\n", what, taken.command.view());
    } else {
        print(out_, "{} {} steps, the last of them: {}\n", what, taken.steps, taken.command.view());
    }
    print(out_, "{} more step{} can be {}\n", taken.remaining, plural(taken.remaining),
          taken.forth ? "done again" : "undone");
    if (!taken.forth && taken.forgotten > 0) {
        print(out_, "{} older one{} forgotten: the journal holds {} KiB\n", taken.forgotten,
              taken.forgotten == 1 ? " is" : "s are", taken.capacity / 1024);
    }
}

void TextRenderer::text(const SnapshotUsed& used) {
    print(out_, "{} '{}': {} live block{}\n", used.restored ? "back at snapshot" : "snapshot",
          used.name.view(), used.live, plural(used.live));
}

void TextRenderer::part(const BlockDifference& difference) {
    if (!listing_.goes_on()) return;
    const mm::Block& block = difference.block;
    print(out_, "{} block {:#014x} {:>9} bytes  #{} {}\n", difference.added ? '+' : '-',
          block.address.value, block.block_size, block.number, block.name.view());
}

void TextRenderer::part(const HoleDifference& difference) {
    if (!listing_.goes_on()) return;
    print(out_, "{} hole  {:#014x} {:>9} bytes\n", difference.added ? '+' : '-',
          difference.address.value, difference.size);
}

void TextRenderer::text(const Difference& difference) {
    listing_.close(out_, "line");
    if (difference.items == 0) out_.write("the same blocks and holes\n");
    print(out_, "{} byte{} of the heap changed\n", difference.bytes, plural(difference.bytes));
}

}  // namespace heap44::shell
