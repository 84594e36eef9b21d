// SPDX-License-Identifier: MIT
// What undo, redo, snapshot, restore and diff answer, as text.
#include "shell/heap_difference.hpp"
#include "shell/render/listing.hpp"
#include "shell/render/text_renderer.hpp"

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

void TextRenderer::text(const Difference& reply) {
    const HeapDifference difference(context_.heap, *context_.journal, *reply.since);
    Listing listing(context_);
    std::size_t count = 0;
    const auto write_block = [&](std::string_view sign) {
        return [&, sign](const mm::Block& block) {
            ++count;
            if (!listing.goes_on()) return;
            print(out_, "{} block {:#014x} {:>9} bytes  #{} {}\n", sign, block.address.value,
                  block.block_size, block.number, block.name.view());
        };
    };
    const auto write_hole = [&](std::string_view sign) {
        return [&, sign](VirtAddr address, std::uint64_t size) {
            ++count;
            if (!listing.goes_on()) return;
            print(out_, "{} hole  {:#014x} {:>9} bytes\n", sign, address.value, size);
        };
    };
    difference.for_each_removed(write_block("-"));
    difference.for_each_added(write_block("+"));
    difference.for_each_hole_removed(write_hole("-"));
    difference.for_each_hole_added(write_hole("+"));
    listing.close(out_, "line");
    if (count == 0) out_.write("the same blocks and holes\n");
    const std::size_t bytes = difference.bytes_changed();
    print(out_, "{} byte{} of the heap changed\n", bytes, plural(bytes));
}

}  // namespace heap44::shell
