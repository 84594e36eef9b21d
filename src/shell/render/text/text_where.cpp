// SPDX-License-Identifier: MIT
// What `where`, `watch`, `lastfault` and `backtrace` answer, as text.
//
// An address says little; each of these tells what is there, or who came by.

#include "mm/heap/history/trace.hpp"
#include "shell/explain/code_text.hpp"
#include "shell/platform/machine.hpp"
#include "shell/render/report_text.hpp"
#include "shell/render/text/text_renderer.hpp"

namespace heap44::shell {

/// The sentence says it all; region and physical address are facts for those who look further.
void TextRenderer::text(const AddressInfo& info) {
    print(out_, "{:#x}: {}\n", info.address.value, info.text.view());
    if (info.region) {
        print(out_, "  region    {}, {:#x} to {:#x}\n", info.region->kind, info.region->start.value,
              info.region->end.value);
    }
    if (info.physical) print(out_, "  physical  {:#x}\n", info.physical->value);
}

void TextRenderer::text(const LastReport& last) {
    if (last.report) {
        write_report(out_, *last.report, view_.machine);
    } else {
        out_.write("nothing has gone wrong yet\n");
    }
}

/// The innermost call first, with its number, its address, and its line.
void TextRenderer::text(const Backtrace& trace) {
    for (std::size_t index = 0; index < trace.depth; ++index) {
        print(out_, "{:>3}  {:#018x}  {}\n", index, trace.code[index],
              line_text(view_.machine, trace.code[index]).view());
    }
    if (trace.depth == 0) out_.write("this platform does not show its stack\n");
}

/// A watchpoint reports one write and is then gone, so the words speak of the next write.
void TextRenderer::text(const Watchpoints&) {
    const auto watches = view_.machine.watchpoints();
    for (const Watchpoint& watch : watches) {
        print(out_, "the next write to {:#x} ({} byte{}) will be reported\n", watch.address.value,
              watch.size, plural(watch.size));
    }
    if (watches.empty()) out_.write("nothing is watched\n");
}

}  // namespace heap44::shell
