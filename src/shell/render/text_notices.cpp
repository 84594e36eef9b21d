// SPDX-License-Identifier: MIT
// What came up while a command ran without being its answer, as text. Told once.
#include "shell/damage.hpp"
#include "shell/render/report_text.hpp"
#include "shell/render/text_renderer.hpp"

namespace heap44::shell {

void TextRenderer::notices() {
    Platform& platform = context_.platform;
    while (const Report* watched = platform.take_watch_report()) {
        write_report(out_, *watched, platform);
    }
    mm::DamageLog& log = context_.heap.damages();
    for (const mm::Damage& damage : log.first()) write_report(out_, report_of(damage), platform);
    if (log.further() != 0) print(out_, "… and {} more places were damaged\n", log.further());
    log.clear();
}

}  // namespace heap44::shell
