// SPDX-License-Identifier: MIT
// What accompanies an answer, as text.
#include "shell/render/report_text.hpp"
#include "shell/render/text_renderer.hpp"

namespace heap44::shell {

void TextRenderer::notices() {
    Notices& notices = context_.session.notices;
    notices.gather(context_.platform);
    for (const Notice& notice : notices.all()) write_report(out_, notice.report, context_.platform);
    if (notices.left_out() > 0) print(out_, "and {} more reports\n", notices.left_out());
    notices.clear();
}

}  // namespace heap44::shell
