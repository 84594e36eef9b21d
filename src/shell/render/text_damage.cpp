// SPDX-License-Identifier: MIT
// Damage and repairs, as text.
#include "shell/code_text.hpp"
#include "shell/damage.hpp"
#include "shell/render/text_renderer.hpp"

namespace heap44::shell {

namespace {

constexpr std::size_t row_size = 16;

/// Rows of bytes, the changed ones with a caret under each.
void write_dump(Output& output, const mm::Damage& damage) {
    const mm::Dump& dump = damage.dump;
    const auto is_changed = [&](VirtAddr at) {
        return at >= damage.bytes.first && at <= damage.bytes.last;
    };
    for (std::size_t row = 0; row < dump.size; row += row_size) {
        const std::size_t count = std::min(row_size, dump.size - row);
        print(output, "  {:#014x} ", (dump.start + row).value);
        bool is_marked = false;
        for (std::size_t index = row; index < row + count; ++index) {
            print(output, " {:02x}", std::to_integer<unsigned>(dump.bytes[index]));
            is_marked = is_marked || is_changed(dump.start + index);
        }
        output.write("\n");
        if (!is_marked) continue;
        print(output, "  {:14} ", "");
        for (std::size_t index = row; index < row + count; ++index) {
            output.write(is_changed(dump.start + index) ? " ^^" : "   ");
        }
        output.write("\n");
    }
}

}  // namespace

void TextRenderer::damages() {
    mm::DamageLog& log = context_.heap.damages();
    if (log.empty()) return;
    for (const mm::Damage& damage : log.first()) {
        print(out_, "{}: {}\n", name(code_of(damage.kind)), describe(damage).view());
        if (damage.block) {
            const mm::Block& block = *damage.block;
            print(out_, "  allocated by  {}\n", code_text(context_.platform, block.caller).view());
            if (!block.is_live()) {
                print(out_, "  freed by      {}\n",
                      code_text(context_.platform, block.freed_by).view());
            }
        }
        write_dump(out_, damage);
    }
    if (log.further() != 0) print(out_, "… and {} more places were damaged\n", log.further());
    log.clear();
}

void TextRenderer::text(const Repaired& repaired) {
    if (repaired.problems == 0) {
        out_.write("nothing was wrong\n");
        return;
    }
    print(out_, "{} problem{}: {} hole{} and {} other place{} are as they should be again\n",
          repaired.problems, repaired.problems == 1 ? "" : "s", repaired.done.holes,
          repaired.done.holes == 1 ? "" : "s", repaired.done.damages,
          repaired.done.damages == 1 ? "" : "s");
    if (!repaired.has_words) {
        print(out_, "{} keeps no words in its holes: there was no list to rebuild\n",
              context_.heap.design());
    }
}

}  // namespace heap44::shell
