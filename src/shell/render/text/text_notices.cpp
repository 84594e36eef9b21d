// SPDX-License-Identifier: MIT
// What came up while a command ran without being its answer, as text.
//
// They come behind the answer: first what was watched, for that was asked for, then damage.

#include "mm/heap/history/trace.hpp"
#include "shell/answer/notices.hpp"
#include "shell/explain/damage.hpp"
#include "shell/render/report_text.hpp"
#include "shell/render/text/text_renderer.hpp"

namespace heap44::shell {

void TextRenderer::notices(const Notices& notices) {
    for (const Report& watched : notices.watched()) write_report(out_, watched, view_.machine);
    for (const mm::Damage& damage : notices.damage.first()) {
        write_report(out_, report_of(damage), view_.machine);
    }
    // The log keeps only the first places in full. One wrong loop damages hundreds.
    const std::size_t further = notices.damage.further();
    if (further != 0) print(out_, "… and {} more places were damaged\n", further);
}

}  // namespace heap44::shell
