// SPDX-License-Identifier: MIT
// What accompanies an answer, as JSON.
#include <algorithm>

#include "shell/render/json_renderer.hpp"

namespace heap44::shell {

void JsonRenderer::notices() {
    Notices& notices = context_.session.notices;
    notices.gather(context_.platform);
    this->notices(Notice::Kind::damage, "damage");
    this->notices(Notice::Kind::watched, "watched");
    if (notices.left_out() > 0) json_.member("reports_left_out", notices.left_out());
    notices.clear();
}

/// The key is there only where there is something to tell.
void JsonRenderer::notices(Notice::Kind kind, std::string_view key) {
    const auto all = context_.session.notices.all();
    if (!std::ranges::contains(all, kind, &Notice::kind)) return;
    json_.array(key, [&] {
        for (const Notice& notice : all) {
            if (notice.kind == kind) json_.object([&] { report(notice.report); });
        }
    });
}

}  // namespace heap44::shell
