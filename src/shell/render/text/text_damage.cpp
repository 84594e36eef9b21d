// SPDX-License-Identifier: MIT
// What `repair` answers, as text.
//
// The numbers tell what `check` would have told, and then what was done about it.

#include "mm/heap/heap.hpp"
#include "mm/heap/history/trace.hpp"
#include "shell/render/text/text_renderer.hpp"

namespace heap44::shell {

void TextRenderer::text(const Repaired& repaired) {
    if (repaired.problems == 0) {
        out_.write("nothing was wrong\n");
        return;
    }
    print(out_, "{} problem{}: {} hole{} and {} other place{} are as they should be again\n",
          repaired.problems, plural(repaired.problems), repaired.done.holes,
          plural(repaired.done.holes), repaired.done.damages, plural(repaired.done.damages));
    if (!repaired.has_words) {
        print(out_, "{} keeps no words in its holes: there was no list to rebuild\n",
              view_.heap.design());
    }
}

}  // namespace heap44::shell
