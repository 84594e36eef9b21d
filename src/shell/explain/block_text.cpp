// SPDX-License-Identifier: MIT
#include "shell/explain/block_text.hpp"

#include "mm/heap/heap.hpp"

namespace heap44::shell {

FixedText<64> title(const mm::Block& block) {
    auto text = format_fixed<64>("#{}", block.number);
    if (!block.name.empty()) print(text, " \"{}\"", block.name.view());
    return text;
}

FixedText<128> label(const mm::Block& block) {
    return format_fixed<128>("{} ({} byte{} at {:#x})", title(block).view(), block.layout.size,
                             plural(block.layout.size), block.address.value);
}

void write_distance(Output& output, const mm::Block& block, std::int64_t offset) {
    const auto size = static_cast<std::int64_t>(block.layout.size);
    if (offset >= 0 && offset < size) return print(output, "byte {} of ", offset);
    // One past the end is the most common mistake with a loop's limit, so it has words of its own.
    if (offset == size) return output.write("right behind ");
    const auto distance = static_cast<std::uint64_t>(offset < 0 ? -offset : offset - size);
    print(output, "{} byte{} {} ", distance, plural(distance), offset < 0 ? "in front of" : "past");
}

void write_place(Output& output, const mm::Block& block, std::int64_t offset) {
    write_distance(output, block, offset);
    output.write(title(block).view());
    if (!block.is_live()) output.write(" (freed)");
}

mm::Vicinity find_nearest(const mm::Heap& heap, VirtAddr address) {
    return mm::find_vicinity(heap.ledger(), address);
}

void write_nearest(Output& output, const mm::Heap& heap, VirtAddr address) {
    const mm::Vicinity near = find_nearest(heap, address);
    if (near.block == nullptr) return;
    output.write("; ");
    write_distance(output, *near.block, near.offset);
    output.write(label(*near.block).view());
    // A freed block may be long gone. Its command numbers say which lines to look at.
    if (near.block->is_live()) return;
    print(output, ", allocated in command {}, freed in command {}", near.block->allocated_in,
          near.block->freed_in);
}

}  // namespace heap44::shell
