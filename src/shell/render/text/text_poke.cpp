// SPDX-License-Identifier: MIT
// What `poke` and `fill` answer, as text.
//
// A forced write says what it wrote over: the person wanted it, and still has to know.

#include "mm/heap/history/trace.hpp"
#include "shell/render/text/text_renderer.hpp"

namespace heap44::shell {

void TextRenderer::text(const Written& written) {
    print(out_, "{} byte{} written at {:#x}\n", written.size, plural(written.size),
          written.address.value);
    if (!written.warning.empty()) print(out_, "warning: {}\n", written.warning.view());
}

}  // namespace heap44::shell
