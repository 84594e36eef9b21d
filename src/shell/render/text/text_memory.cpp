// SPDX-License-Identifier: MIT
// What is said of memory, as text.
//
// Memory is told from near to far: bytes, the page tables' way to them, what addresses are used
// for, and how much of the machine's memory there is.

#include <algorithm>
#include <array>

#include "mm/heap/damage/shadow.hpp"
#include "mm/heap/heap.hpp"
#include "mm/heap/history/trace.hpp"
#include "mm/heap/ledger/block.hpp"
#include "shell/answer/session.hpp"
#include "shell/platform/machine.hpp"
#include "shell/platform/visiting.hpp"
#include "shell/render/heap_marks.hpp"
#include "shell/render/page_flags.hpp"
#include "shell/render/text/text_renderer.hpp"

namespace heap44::shell {

namespace {

/// Bytes in a row of a dump: a word, as in a hole, and its mark then mostly fits into 80 columns.
constexpr std::size_t row_size = 8;

}  // namespace

/// Row by row, so that only one row has to be in memory, however long the dump is.
void TextRenderer::text(const Bytes& bytes) {
    std::array<std::byte, row_size> some;
    HeapMarks marks(view_.heap);
    for (std::size_t done = 0; done < bytes.size; done += some.size()) {
        if (!listing_.goes_on()) continue;
        const auto row = std::span(some).first(std::min(some.size(), bytes.size - done));
        view_.machine.read_memory(bytes.address + done, row);
        dump_row(bytes.address + done, row, marks);
    }
    listing_.close(out_, "row");
}

/// One row: the bytes, the same as characters, then in words what they belong to in the heap. Bytes
/// have the colour of what they belong to, dim where they hold the poison as they should.
void TextRenderer::dump_row(VirtAddr address, std::span<const std::byte> row, HeapMarks& marks) {
    FixedText<row_size> characters;
    FixedText<320> legend;
    Mark mark{};
    bool is_poison = false;
    print(out_, "{:#014x}  ", address.value);
    for (std::size_t index = 0; index < row_size; ++index) {
        if (index >= row.size()) {
            out_.write("   ");
            continue;
        }
        const bool looks_poisoned =
            view_.heap.is_watching_free() && row[index] == mm::Shadow::pattern;
        // A new mark begins where the one before ends. In free memory one also begins where poison
        // ends or begins: that is where somebody wrote.
        if (index == 0 || address + index >= mark.end ||
            (mark.is_poisoned && is_poison != looks_poisoned)) {
            mark = marks.at(address + index);
            is_poison = mark.is_poisoned && looks_poisoned;
            if (!mark.label.empty()) {
                print(legend, "{}{}{}", legend.empty() ? "  " : ", ", mark.label.view(),
                      is_poison ? " (poison)" : "");
            }
        }
        const auto value = std::to_integer<unsigned char>(row[index]);
        const bool coloured = view_.session.ansi && !mark.colour.empty();
        print(out_, "{}{}{:02x}{} ", coloured ? mark.colour : "",
              coloured && is_poison ? "\x1b[2m" : "", value, coloured ? "\x1b[0m" : "");
        const char shown = value >= 0x20 && value < 0x7f ? static_cast<char>(value) : '.';
        characters.write({&shown, 1});
    }
    print(out_, " {:<{}}{}\n", characters.view(), legend.empty() ? 0 : row_size, legend.view());
}

/// A line for each level, as the processor goes: number and name of the table, index, entry, flags
/// (Intel SDM volume 3, 4.5).
void TextRenderer::text(const Walk& walk) {
    constexpr std::array<std::string_view, 4> names{"PT", "PD", "PDPT", "PML4"};
    print(out_, "{:#x}, level by level\n", walk.address.value);
    for (std::size_t index = 0; index < walk.walk.depth; ++index) {
        const mm::WalkLevel& level = walk.walk.levels[index];
        print(out_, "{} {:<4} [{:>3}]  {:#018x}", level.level, names[level.level - 1U], level.index,
              level.entry);
        bool any = false;
        for_each_page_flag(level, [&](std::string_view flag) {
            print(out_, " {}", flag);
            any = true;
        });
        out_.write(any ? "\n" : " not present\n");
    }
    if (walk.walk.physical) {
        print(out_, "physical address {:#x}\n", walk.walk.physical->value);
    }
}

/// In address order, as the machine tells them: gaps are what is not mapped.
void TextRenderer::text(const Regions&) {
    auto draw = visiting<MemoryRegion>([&](const MemoryRegion& region) {
        print(out_, "{:#018x}  {:#018x}  {:>6} KiB  {}\n", region.start.value, region.end.value,
              (region.end - region.start) / 1024, region.kind);
        return true;
    });
    print(out_, "{:<18}  {:<18}  {:>6}      kind\n", "start", "end", "size");
    view_.machine.for_each_region(draw);
}

/// Counts as the kernel has them, and MiB as people think.
void TextRenderer::text(const Frames& frames) {
    const auto line = [&](std::string_view what, std::uint64_t count) {
        print(out_, "{:<6} {:>9} frames of 4 KiB  {:>8} MiB\n", what, count,
              count * page_size >> 20);
    };
    line("total", frames.counts.total);
    line("used", frames.counts.used);
    line("free", frames.counts.free);
}

}  // namespace heap44::shell
