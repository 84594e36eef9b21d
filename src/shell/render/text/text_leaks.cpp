// SPDX-License-Identifier: MIT
// What `leaks` answers, as text: who took what was not given back.
//
// Leaks are told by function: a function that forgets to free does so each time, and its blocks
// belong together. The line is that of the call; where a function has several, each block has its
// own. Renderers have no memory for a table of functions, so the blocks are gone through again for
// each function: the lowest caller above the last one is the next. Cost: callers times blocks.

#include <algorithm>

#include "mm/heap/heap.hpp"
#include "mm/heap/history/trace.hpp"
#include "shell/explain/code_text.hpp"
#include "shell/platform/machine.hpp"
#include "shell/render/block_lists.hpp"
#include "shell/render/text/text_renderer.hpp"

namespace heap44::shell {

namespace {

/// Code addresses from `first` to `last`: one function, as far as the blocks tell.
struct CallerRange {
    std::uint64_t first;
    std::uint64_t last;
    /// The line of all its calls; 0 where they have several, or none is known.
    std::uint32_t line;
    std::size_t blocks = 0;
    std::size_t bytes = 0;
};

/// The lowest caller at or above `from`, or nothing.
std::optional<std::uint64_t> next_caller(const BlockList& list, const mm::Heap& heap,
                                         std::uint64_t from) {
    std::optional<std::uint64_t> lowest;
    for_each_block(list, heap, [&](const mm::Block& block) {
        if (block.caller >= from) lowest = std::min(lowest.value_or(block.caller), block.caller);
    });
    return lowest;
}

/// Where the function begins that this code address is in; the address itself where none is known.
std::uint64_t function_of(const Machine& machine, std::uint64_t code) {
    const auto place = machine.describe_code(code);
    return place ? code - place->offset : code;
}

std::uint32_t line_of(const Machine& machine, std::uint64_t code) {
    const auto place = describe(machine, code);
    return place ? place->line : 0;
}

/// The blocks of the function to which the lowest caller at or above `from` belongs; nothing where
/// no caller is left. Functions do not overlap, so its callers have no other between them.
std::optional<CallerRange> next_function(const BlockList& list, const View& view,
                                         std::uint64_t from) {
    const auto first = next_caller(list, view.heap, from);
    if (!first) return std::nullopt;
    CallerRange range{.first = *first, .last = *first, .line = line_of(view.machine, *first)};
    const std::uint64_t function = function_of(view.machine, *first);
    while (const auto next = next_caller(list, view.heap, range.last + 1)) {
        if (function_of(view.machine, *next) != function) break;
        range.last = *next;
        if (line_of(view.machine, *next) != range.line) range.line = 0;
    }
    for_each_block(list, view.heap, [&](const mm::Block& block) {
        if (block.caller < range.first || block.caller > range.last) return;
        ++range.blocks;
        range.bytes += block.block_size;
    });
    return range;
}

}  // namespace

void TextRenderer::leaks(const BlockList& list) {
    constexpr std::size_t most = 20;
    std::size_t count = 0;
    std::size_t bytes = 0;
    for (auto range = next_function(list, view_, 0); range;
         range = next_function(list, view_, range->last + 1)) {
        count += range->blocks;
        bytes += range->bytes;
        if (!listing_.goes_on()) continue;
        const bool has_line = range->line != 0;
        print(out_, "{} block{}, {} bytes, allocated by {}\n", range->blocks, plural(range->blocks),
              range->bytes,
              has_line ? line_text(view_.machine, range->first).view()
                       : function_text(view_.machine, range->first).view());
        // Of a function with many blocks the first twenty: the sum in front of them tells the rest.
        std::size_t shown = 0;
        for_each_block(list, view_.heap, [&](const mm::Block& block) {
            if (block.caller < range->first || block.caller > range->last) return;
            if (++shown > most) return;
            print(out_, "  {:<8} {:#014x} {:>9} bytes{}{}",
                  format_fixed<16>("#{}", block.number).view(), block.address.value,
                  block.layout.size, block.name.empty() ? "" : "  ", block.name.view());
            const auto place = describe(view_.machine, block.caller);
            if (!has_line && place && place->line != 0) {
                print(out_, "  {}:{}", place->file, place->line);
            }
            out_.write("\n");
        });
        if (shown > most) print(out_, "  … and {} more\n", shown - most);
    }
    listing_.close(out_, "caller");
    if (count == 0) {
        out_.write("no block since the mark\n");
    } else {
        print(out_, "{} block{} since the mark, {} bytes taken\n", count, plural(count), bytes);
    }
}

}  // namespace heap44::shell
